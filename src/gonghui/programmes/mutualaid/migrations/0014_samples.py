from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mutualaid", "0013_decisions_second")]
    operations: ClassVar = []
