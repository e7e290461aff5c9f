from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("treasury", "0003_payouts")]
    operations: ClassVar = []
