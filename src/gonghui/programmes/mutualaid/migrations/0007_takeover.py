"""What a city brings along in mid-year, and its control totals."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.programmes.mutualaid import takeover_sql


class Migration(migrations.Migration):
    dependencies = [
        ("mutualaid", "0006_grants"),
        ("directory", "0005_persons"),
        ("audit", "0002_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Takeover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("units", models.IntegerField()),
                ("people", models.IntegerField()),
                ("paid_fen", models.BigIntegerField()),
                ("uses", models.IntegerField()),
                ("opening_fen", models.BigIntegerField()),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("taken_on", models.DateField()),
                ("content_sha256", models.BinaryField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("entered", "已录入"),
                            ("booked", "已入账"),
                            ("set_aside", "已作废"),
                        ],
                        db_default="entered",
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("booked_at", models.DateTimeField(null=True)),
                ("journal_id", models.BigIntegerField(null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "rosterfile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.rosterfile",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.scheme",
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
        ),
        migrations.CreateModel(
            name="TakenPayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row_number", models.IntegerField()),
                ("paid_on", models.DateField()),
                ("fen", models.BigIntegerField()),
                ("counts", models.BooleanField()),
                ("reference", models.TextField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
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
                (
                    "takeover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="mutualaid.takeover",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TakeoverFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("sha256", models.BinaryField()),
                ("sealed", models.BinaryField()),
                (
                    "takeover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="mutualaid.takeover",
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
        ),
        migrations.CreateModel(
            name="TakeoverSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("units", models.IntegerField()),
                ("people", models.IntegerField()),
                ("paid_fen", models.BigIntegerField()),
                ("uses", models.IntegerField()),
                ("opening_fen", models.BigIntegerField()),
                (
                    "signed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.post",
                    ),
                ),
                (
                    "takeover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="mutualaid.takeover",
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
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "set_aside"), _negated=True),
                fields=("scheme", "content_sha256"),
                name="takeover_content_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "booked")),
                fields=("scheme", "period_from"),
                name="takeover_period_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("booked_at__isnull", False), ("state", "booked")),
                    models.Q(("booked_at__isnull", True), ("state__in", ["entered", "set_aside"])),
                    _connector="OR",
                ),
                name="takeover_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_on__gte", models.F("period_from")),
                    ("taken_on__lt", models.F("period_until")),
                ),
                name="takeover_within_period",
            ),
        ),
        migrations.AddIndex(
            model_name="takenpayout",
            index=models.Index(fields=["person"], name="takenpayout_person"),
        ),
        migrations.AddIndex(
            model_name="takenpayout",
            index=models.Index(fields=["paid_on", "id"], name="takenpayout_day"),
        ),
        migrations.AddConstraint(
            model_name="takenpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0)), name="takenpayout_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="takenpayout",
            constraint=models.UniqueConstraint(
                fields=("takeover", "row_number"), name="takenpayout_row"
            ),
        ),
        migrations.AddConstraint(
            model_name="takeoversignature",
            constraint=models.UniqueConstraint(
                fields=("takeover", "person"), name="takeover_signed_once"
            ),
        ),
        *takeover_sql.CLASSES,
        *takeover_sql.FUNCTIONS,
    ]
