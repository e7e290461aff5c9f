"""A fund's floor is set by whoever sets up its books."""

from typing import ClassVar

from django.db import migrations

from gonghui.verbs.treasury import floor_sql


class Migration(migrations.Migration):
    dependencies: ClassVar = [("treasury", "0004_payout_holds")]
    operations: ClassVar = [*floor_sql.FUNCTIONS]
