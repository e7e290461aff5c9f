"""Which payment pays which due."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.programmes.mutualaid import due_payment_sql


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0007_takeover"), ("treasury", "0003_payouts")]
    operations = [
        migrations.CreateModel(
            name="DuePayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("live", models.BooleanField(default=True)),
                (
                    "due",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="mutualaid.due",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.payoutline",
                    ),
                ),
                (
                    "union",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("live", True)),
                        fields=("due",),
                        name="duepayment_one_live",
                    )
                ],
            },
        ),
        *due_payment_sql.FUNCTIONS,
        *due_payment_sql.TRIGGERS,
        *due_payment_sql.CLASSES,
    ]
