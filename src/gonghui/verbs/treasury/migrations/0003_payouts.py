"""Payout batches, their lines, what the bank answered."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("treasury", "0002_borders")]
    operations = []
