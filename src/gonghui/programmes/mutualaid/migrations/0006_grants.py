"""Special grants, the meetings that decide them, public notices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0005_claims")]
    operations = []
