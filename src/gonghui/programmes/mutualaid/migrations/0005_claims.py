"""Applications for benefits: their statements and electronic receipts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0004_settlements")]
    operations = []
