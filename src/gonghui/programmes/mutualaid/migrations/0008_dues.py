"""Which payout line pays what is due."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0007_takeover"), ("treasury", "0003_payouts")]
    operations = []
