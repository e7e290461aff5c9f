"""Applications for benefits: their statements and electronic invoices."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.programmes.mutualaid import claim_sql
from gonghui.programmes.mutualaid.claims.rules import rules
from gonghui.verbs.cases.kinds import placed


class Migration(migrations.Migration):
    dependencies = [
        ("mutualaid", "0004_settlements"),
        ("cases", "0002_borders"),
        ("directory", "0005_persons"),
    ]
    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_id", models.BigIntegerField(unique=True)),
                ("statement_id", models.TextField()),
                ("numbered", models.BooleanField()),
                ("facts", models.JSONField()),
                ("begins_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("live", models.BooleanField()),
                (
                    "entered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
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
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.settlement",
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
            name="ClaimFlag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.TextField(
                        choices=[
                            ("split", "同一次住院分次申请"),
                            ("invoice_reversed", "票据已冲红"),
                        ]
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "待处理"), ("done", "已处理")], db_default="open"
                    ),
                ),
                ("note", models.TextField(db_default="")),
                (
                    "noted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flags",
                        to="mutualaid.claim",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.claim",
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
            name="ClaimInvoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("number", models.TextField()),
                ("kind", models.TextField(choices=[("normal", "正常"), ("reversal", "冲红")])),
                ("reverses_code", models.TextField(db_default="")),
                ("reverses_number", models.TextField(db_default="")),
                ("live", models.BooleanField()),
                (
                    "entered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="mutualaid.claim",
                    ),
                ),
                (
                    "entered_by",
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
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["person", "scheme"], name="claim_person"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("live", True)),
                fields=("scheme", "statement_id"),
                name="claim_live_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimflag",
            constraint=models.UniqueConstraint(fields=("claim", "code"), name="claimflag_once"),
        ),
        migrations.AddConstraint(
            model_name="claimflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("code__in", ["split", "invoice_reversed"]),
                    ("state__in", ["open", "done"]),
                    models.Q(
                        ("state", "open"), models.Q(("note", ""), _negated=True), _connector="OR"
                    ),
                ),
                name="claimflag_words",
            ),
        ),
        migrations.AddIndex(
            model_name="claiminvoice",
            index=models.Index(
                fields=["reverses_code", "reverses_number"], name="claiminvoice_back"
            ),
        ),
        migrations.AddConstraint(
            model_name="claiminvoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("live", True)),
                fields=("code", "number"),
                name="claiminvoice_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="claiminvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claim__isnull", False), ("kind", "normal"), ("reverses_number", "")),
                    models.Q(
                        ("claim__isnull", True),
                        ("kind", "reversal"),
                        models.Q(("reverses_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="claiminvoice_kind",
            ),
        ),
        *claim_sql.CLASSES,
        *claim_sql.TRIGGERS,
        placed(rules().kind),
    ]
