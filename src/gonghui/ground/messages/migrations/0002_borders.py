"""Messages are seen within their union, and by who is told."""

from django.db import migrations

from gonghui.ground.messages.message_sql import CLASSES


class Migration(migrations.Migration):
    dependencies = [("messages", "0001_initial"), ("jobs", "0002_borders")]
    operations = CLASSES
