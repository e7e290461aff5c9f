"""Payout batches, their lines, what the bank answered."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.verbs.treasury import answer_sql, payout_sql


class Migration(migrations.Migration):
    dependencies = [("treasury", "0002_borders")]
    operations = [
        migrations.CreateModel(
            name="BankAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.TextField()),
                ("layout", models.TextField()),
                ("sealed", models.BinaryField()),
                ("sha256", models.BinaryField()),
                ("taken_on", models.DateField()),
                ("taken_at", models.DateTimeField()),
                ("because", models.TextField(blank=True, default="")),
                ("rows", models.IntegerField(null=True)),
                ("counted", models.IntegerField(default=0)),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_answers",
                        to="treasury.fund",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        db_index=False,
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
            ],
        ),
        migrations.CreateModel(
            name="BankAnswerRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.IntegerField()),
                ("reference", models.TextField()),
                ("word", models.TextField(blank=True, default="")),
                ("verdict", models.TextField()),
                ("fen", models.BigIntegerField(null=True)),
                ("dated_on", models.DateField()),
                ("code", models.TextField(blank=True, default="")),
                ("state", models.TextField()),
                ("held_because", models.TextField(blank=True, default="")),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="said",
                        to="treasury.bankanswer",
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
            name="BankBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("stated_fen", models.BigIntegerField()),
                ("ledger_fen", models.BigIntegerField()),
                ("stated_at", models.DateTimeField()),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_balances",
                        to="treasury.fund",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        db_index=False,
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
            ],
        ),
        migrations.CreateModel(
            name="PayoutBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.TextField(unique=True)),
                ("mark", models.TextField()),
                ("drafted_on", models.DateField()),
                ("layout", models.TextField()),
                ("purpose", models.TextField(blank=True, default="")),
                ("state", models.TextField()),
                ("lines", models.IntegerField()),
                ("total_fen", models.BigIntegerField()),
                ("payees", models.BinaryField()),
                ("payees_sha256", models.BinaryField()),
                ("file", models.BinaryField(null=True)),
                ("file_name", models.TextField(blank=True, default="")),
                ("file_sha256", models.BinaryField(null=True)),
                ("drafted_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("sealed_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_because", models.TextField(blank=True, default="")),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_batches",
                        to="treasury.fund",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "sealed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
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
            ],
        ),
        migrations.CreateModel(
            name="PayoutAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("gateway", models.TextField()),
                ("file_sha256", models.BinaryField()),
                ("intended_at", models.DateTimeField()),
                ("outcome", models.TextField(blank=True, default="")),
                ("told", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "intended_by",
                    models.ForeignKey(
                        db_index=False,
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
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="treasury.payoutbatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.IntegerField()),
                ("source", models.TextField()),
                ("attempt", models.IntegerField()),
                ("reference", models.TextField(unique=True)),
                ("account_key", models.TextField()),
                ("account_blind", models.BinaryField()),
                ("fen", models.BigIntegerField()),
                ("state", models.TextField()),
                ("return_code", models.TextField(blank=True, default="")),
                ("paid_on", models.DateField(null=True)),
                ("returned_on", models.DateField(null=True)),
                ("posted", models.IntegerField(default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="treasury.payoutbatch",
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.journal",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "return_journal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.journal",
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
            model_name="bankanswer",
            constraint=models.UniqueConstraint(
                fields=("fund", "message_id"), name="payout_message_once"
            ),
        ),
        migrations.AddIndex(
            model_name="bankanswerrow",
            index=models.Index(fields=["reference"], name="payout_row_reference"),
        ),
        migrations.AddConstraint(
            model_name="bankanswerrow",
            constraint=models.UniqueConstraint(
                fields=("answer", "place"), name="payout_answer_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankanswerrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ("accepted", "paid", "returned", "unknown"))),
                name="payout_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankanswerrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "counted", "held", "settled"))),
                name="payout_row_state",
            ),
        ),
        migrations.AddIndex(
            model_name="bankbalance",
            index=models.Index(fields=["fund", "day", "id"], name="payout_bank_balance"),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "drafted",
                            "checked",
                            "approved",
                            "sealed",
                            "released",
                            "answered",
                            "closed",
                            "cancelled",
                        ),
                    )
                ),
                name="payout_batch_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("lines__gt", 0), ("total_fen__gt", 0)),
                name="payout_batch_not_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by__isnull", True),
                    models.Q(("checked_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="payout_checked_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="payout_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_by__isnull", True),
                    models.Q(
                        models.Q(("released_by", models.F("drafted_by")), _negated=True),
                        models.Q(("released_by", models.F("checked_by")), _negated=True),
                        models.Q(("released_by", models.F("approved_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payout_released_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["drafted", "checked", "approved", "cancelled"]),
                    models.Q(
                        ("file__isnull", False),
                        ("file_sha256__isnull", False),
                        ("sealed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payout_sealed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["", "accepted", "not_sent", "refused", "unknown"])
                ),
                name="payout_attempt_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutattempt",
            constraint=models.UniqueConstraint(
                fields=("batch", "number"), name="payout_attempt_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome__in", ["not_sent", "refused"]), _negated=True),
                fields=("batch",),
                name="payout_never_twice",
            ),
        ),
        migrations.AddIndex(
            model_name="payoutline",
            index=models.Index(fields=["account_blind"], name="payout_line_account"),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("ready", "sent", "unknown", "paid", "returned", "held", "cancelled"),
                    )
                ),
                name="payout_line_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0)), name="payout_line_pays"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempt__gte", 1)), name="payout_line_attempt"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                fields=("batch", "place"), name="payout_line_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                fields=("source", "attempt"), name="payout_attempt_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["returned", "cancelled"]), _negated=True),
                fields=("source",),
                name="payout_source_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "paid"), _negated=True),
                    models.Q(("journal__isnull", False), ("paid_on__isnull", False)),
                    _connector="OR",
                ),
                name="payout_paid_posted",
            ),
        ),
        *payout_sql.FUNCTIONS,
        *answer_sql.FUNCTIONS,
        *payout_sql.TRIGGERS,
        *payout_sql.CLASSES,
    ]
