"""Settlement feeds, settlements, running accounts, decisions, what is due."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0003_enrolment_borders")]
    operations = []
