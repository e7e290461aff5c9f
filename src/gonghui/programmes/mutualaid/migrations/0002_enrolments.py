import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import gonghui.ground.directory.models.spans


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0004_finding"),
        ("mutualaid", "0001_editions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.TextField(unique=True)),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("heads", models.IntegerField()),
                ("total_fen", models.BigIntegerField()),
                ("received_fen", models.BigIntegerField()),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                ("paid_on", models.DateField(null=True)),
                ("cancelled_on", models.DateField(null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
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
            options={
                "indexes": [models.Index(fields=["union", "period_from", "id"], name="bill_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_fen__gte", 0), ("received_fen__lte", models.F("total_fen"))
                        ),
                        name="bill_received_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("heads__gt", 0), ("total_fen__gte", 0)),
                        name="bill_heads",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_on__isnull", True),
                            ("received_fen", models.F("total_fen")),
                            _connector="OR",
                        ),
                        name="bill_paid_in_full",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_on__isnull", True),
                            models.Q(("paid_on__isnull", True), ("received_fen", 0)),
                            _connector="OR",
                        ),
                        name="bill_cancelled_unpaid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("name", models.TextField()),
                ("content_sha256", models.BinaryField()),
                ("meaning", models.BinaryField()),
                ("sealed", models.BinaryField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("checked", "已检查"),
                            ("booked", "已入账"),
                            ("set_aside", "已作废"),
                        ]
                    ),
                ),
                ("rows_read", models.IntegerField()),
                ("rows_good", models.IntegerField()),
                ("rows_warned", models.IntegerField()),
                ("rows_bad", models.IntegerField()),
                ("checked_at", models.DateTimeField()),
                ("booked_at", models.DateTimeField(null=True)),
                ("rows_booked", models.IntegerField(null=True)),
                (
                    "booked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "booked")),
                        fields=("union", "scheme", "period_from", "meaning"),
                        name="rosterfile_booked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("booked_at__isnull", False),
                                ("booked_by__isnull", False),
                                ("state", "booked"),
                            ),
                            models.Q(
                                models.Q(("state", "booked"), _negated=True),
                                ("booked_at__isnull", True),
                                ("booked_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rosterfile_booked_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row_number", models.IntegerField()),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("starts_on", models.DateField()),
                ("ends_before", models.DateField()),
                ("fee_class", models.TextField()),
                ("category", models.TextField()),
                ("shares", models.IntegerField()),
                ("fee_fen", models.BigIntegerField()),
                ("first_join", models.BooleanField()),
                ("enrolled_on", models.DateField()),
                ("paid_on", models.DateField(null=True)),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_because", models.TextField()),
                ("cancelled", models.BooleanField()),
                (
                    "bill",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="mutualaid.bill",
                    ),
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
                (
                    "rosterfile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="mutualaid.rosterfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["union", "scheme", "period_from", "id"], name="enrolment_unit"
                    ),
                    models.Index(fields=["person", "scheme"], name="enrolment_person"),
                    models.Index(fields=["bill"], name="enrolment_bill"),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("cancelled", False)),
                        expressions=[
                            ("scheme", "="),
                            ("person", "="),
                            (gonghui.ground.directory.models.spans.DateSpan(), "&&"),
                        ],
                        name="enrolment_one_cover",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_before__gt", models.F("starts_on")),
                            ("cancelled", True),
                            _connector="OR",
                        ),
                        name="enrolment_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__gte", models.F("period_from")),
                            ("ends_before__lte", models.F("period_until")),
                        ),
                        name="enrolment_within_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_fen__gte", 0), ("shares__gte", 1)),
                        name="enrolment_fee",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("year", models.IntegerField()),
                ("last", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "year"), name="series_year")
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fund", models.TextField()),
                ("account", models.TextField()),
                ("name", models.TextField()),
                ("content_sha256", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("lines_read", models.IntegerField()),
                ("incoming_fen", models.BigIntegerField()),
                ("read_at", models.DateTimeField()),
                (
                    "read_by",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "content_sha256"), name="statementfile_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.TextField()),
                ("serial", models.TextField()),
                ("booked_on", models.DateField()),
                ("fen", models.BigIntegerField()),
                ("payer", models.TextField()),
                ("payer_account_end", models.TextField()),
                ("memo", models.TextField()),
                (
                    "statementfile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="mutualaid.statementfile",
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
                "indexes": [models.Index(fields=["booked_on", "id"], name="statementline_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "serial"), name="statementline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fen", 0), _negated=True),
                        name="statementline_not_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.TextField(unique=True)),
                ("fen", models.BigIntegerField()),
                ("journal_id", models.BigIntegerField()),
                ("received_on", models.DateField()),
                ("matched_at", models.DateTimeField()),
                (
                    "bill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="mutualaid.bill",
                    ),
                ),
                (
                    "matched_by",
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
                    "statementline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="mutualaid.statementline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fen__gt", 0)), name="receipt_something"
                    ),
                    models.UniqueConstraint(fields=("statementline", "bill"), name="receipt_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspense",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fen", models.BigIntegerField()),
                ("left_fen", models.BigIntegerField()),
                (
                    "why",
                    models.TextField(
                        choices=[
                            ("unknown", "用途不明"),
                            ("over", "多交"),
                            ("closed", "已交清或已作废"),
                        ]
                    ),
                ),
                ("journal_id", models.BigIntegerField()),
                ("due_on", models.DateField()),
                ("settled_on", models.DateField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "statementline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspenses",
                        to="mutualaid.statementline",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_on__isnull", True)),
                        fields=["due_on", "id"],
                        name="suspense_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fen__gt", 0), ("left_fen__gte", 0), ("left_fen__lte", models.F("fen"))
                        ),
                        name="suspense_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_on__isnull", True), ("left_fen", 0), _connector="OR"
                        ),
                        name="suspense_settled",
                    ),
                    models.UniqueConstraint(fields=("statementline",), name="suspense_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fen", models.BigIntegerField()),
                ("because", models.TextField()),
                ("clause", models.TextField()),
                ("journal_id", models.BigIntegerField(null=True)),
                ("decided_on", models.DateField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="mutualaid.enrolment",
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
                    "suspense",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="mutualaid.suspense",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fen__gt", 0)), name="refund_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="refund_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("journal_id__isnull", True),
                            ("confirmed_by__isnull", False),
                            models.Q(("clause", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="refund_by_clause_or_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("enrolment__isnull", False), ("suspense__isnull", True)),
                            models.Q(("enrolment__isnull", True), ("suspense__isnull", False)),
                            _connector="OR",
                        ),
                        name="refund_of_one_thing",
                    ),
                    models.UniqueConstraint(fields=("enrolment",), name="refund_once"),
                ],
            },
        ),
    ]
