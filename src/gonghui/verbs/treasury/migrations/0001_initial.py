"""Funds, accounts, items, periods, journals and their sums."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import gonghui.ground.directory.models.spans


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0002_borders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("purpose", models.TextField()),
                (
                    "union",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds",
                        to="directory.union",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z0-9-]{0,39}$")),
                        name="ledger_fund_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Journal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("booked_on", models.DateField()),
                ("kind", models.TextField()),
                ("source", models.TextField(blank=True, null=True)),
                ("memo", models.TextField(blank=True, default="")),
                ("recorded_at", models.DateTimeField()),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journals",
                        to="treasury.fund",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "recorded_post",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.post",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="treasury.journal",
                    ),
                ),
                (
                    "union",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("code", models.TextField()),
                ("name", models.TextField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("asset", "资产"),
                            ("expense", "支出"),
                            ("liability", "负债"),
                            ("equity", "净资产"),
                            ("income", "收入"),
                        ]
                    ),
                ),
                ("cash", models.BooleanField(default=False)),
                ("store", models.BooleanField(default=False)),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="treasury.fund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "key"), name="ledger_account_key_once"),
                    models.UniqueConstraint(
                        fields=("fund", "code"), name="ledger_account_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z][a-z0-9_]{0,39}$")),
                        name="ledger_account_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["asset", "expense", "liability", "equity", "income"])
                        ),
                        name="ledger_account_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "asset"),
                            models.Q(("cash", False), ("store", False)),
                            _connector="OR",
                        ),
                        name="ledger_account_holds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("unit", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code__regex", "^[A-Z][A-Z0-9-]{0,20}[A-Z0-9]$"),
                            models.Q(("code", "CNY"), _negated=True),
                        ),
                        name="ledger_item_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Proved",
            fields=[
                (
                    "journal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="treasury.journal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("booked_on", models.DateField()),
                ("quantity", models.BigIntegerField(default=0)),
                ("fen", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.account",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.item",
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="treasury.journal",
                    ),
                ),
                (
                    "union",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["journal", "id"], name="ledger_line_of_journal"),
                    models.Index(
                        fields=["account", "booked_on", "id"], name="ledger_line_of_account"
                    ),
                    models.Index(fields=["union", "booked_on", "id"], name="ledger_line_of_union"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("item__isnull", True),
                                ("quantity", 0),
                                models.Q(("fen", 0), _negated=True),
                            ),
                            models.Q(
                                ("item__isnull", False), models.Q(("quantity", 0), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="ledger_line_money_or_goods",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_before", models.DateField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="treasury.fund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_before__isnull", True),
                            ("ends_before__gt", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="ledger_period_in_order",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("fund", "="),
                            (gonghui.ground.directory.models.spans.DateSpan(), "&&"),
                        ],
                        name="ledger_period_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="journal",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="journals",
                to="treasury.period",
            ),
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("trial_balance", models.TextField()),
                ("sha256", models.BinaryField()),
                ("journals", models.BigIntegerField()),
                ("lines", models.BigIntegerField()),
                ("turnover_fen", models.BigIntegerField()),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("audit_head", models.TextField(blank=True, default="")),
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
                    "proposed_by",
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
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="treasury.period",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="ledger_closing_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", True), ("confirmed_by__isnull", True)
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="ledger_closing_confirmed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False)),
                        fields=("period",),
                        name="ledger_closing_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("debit_fen", models.BigIntegerField()),
                ("credit_fen", models.BigIntegerField()),
                ("quantity_in", models.BigIntegerField()),
                ("quantity_out", models.BigIntegerField()),
                ("lines", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.account",
                    ),
                ),
                (
                    "union",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.item",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.period",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "union", "item", "period"),
                        name="ledger_balance_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Stock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.account",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.item",
                    ),
                ),
                (
                    "union",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "union", "item"), name="ledger_stock_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="ledger_stock_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Purse",
            fields=[
                (
                    "fund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="purse",
                        serialize=False,
                        to="treasury.fund",
                    ),
                ),
                ("held_fen", models.BigIntegerField()),
                ("floor_fen", models.BigIntegerField(blank=True, null=True)),
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("floor_fen__isnull", True),
                            ("held_fen__gte", models.F("floor_fen")),
                            _connector="OR",
                        ),
                        name="ledger_fund_floor",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="journal",
            index=models.Index(fields=["fund", "booked_on", "id"], name="ledger_journal_by_day"),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__regex", "^[a-z][a-z_]{0,39}$")),
                name="ledger_journal_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source__isnull", True),
                    models.Q(("source", ""), _negated=True),
                    _connector="OR",
                ),
                name="ledger_journal_source_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source__isnull", False)),
                fields=("fund", "source"),
                name="ledger_journal_source_once",
            ),
        ),
    ]
