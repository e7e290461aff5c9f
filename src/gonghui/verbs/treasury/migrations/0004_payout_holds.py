"""Payouts are held after a restore."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.verbs.treasury import hold_sql


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_persons"), ("treasury", "0003_payouts")]
    operations = [
        migrations.CreateModel(
            name="PayoutHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("backup_made_at", models.DateTimeField()),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("compared_at", models.DateTimeField(null=True)),
                ("because", models.TextField(blank=True, db_default="")),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "compared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_by__isnull", True),
                            models.Q(
                                ("compared_by__isnull", False),
                                models.Q(("compared_by", models.F("lifted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payout_hold_by_two",
                    )
                ],
            },
        ),
        *hold_sql.CLASSES,
        *hold_sql.FUNCTIONS,
    ]
