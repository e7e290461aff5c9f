"""What a city brings along in mid-year, and its control totals."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0006_grants")]
    operations = []
