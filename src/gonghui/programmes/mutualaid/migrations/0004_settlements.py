"""Settlement feeds, settlements, running accounts, decisions, what is due."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.programmes.mutualaid import decision_sql, settlement_sql


class Migration(migrations.Migration):
    dependencies = [
        ("mutualaid", "0003_enrolment_borders"),
        ("directory", "0005_persons"),
        ("audit", "0002_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("amount_fen", models.BigIntegerField()),
                ("before_fen", models.BigIntegerField()),
                ("standing_fen", models.BigIntegerField()),
                ("reason", models.TextField()),
                ("detail", models.IntegerField()),
                ("uses", models.IntegerField()),
                ("trace", models.BinaryField()),
                ("sentence", models.TextField()),
                ("decided_on", models.DateField()),
                ("journal_id", models.BigIntegerField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.edition",
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
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="mutualaid.decision",
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
            name="FeedFile",
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
                ("mapping", models.TextField()),
                ("received_on", models.DateField()),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("received", "已收到"),
                            ("applied", "已处理"),
                            ("refused", "整份退回"),
                        ],
                        db_default="received",
                    ),
                ),
                ("refused_because", models.TextField(db_default="")),
                ("rows_in", models.IntegerField(db_default=0)),
                ("accepted", models.IntegerField(db_default=0)),
                ("rejected", models.IntegerField(db_default=0)),
                ("waiting", models.IntegerField(db_default=0)),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "received_by",
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
        ),
        migrations.CreateModel(
            name="FeedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row_number", models.IntegerField()),
                (
                    "code",
                    models.TextField(
                        choices=[
                            ("unmatched", "找不到人"),
                            ("held", "等待原结算"),
                            ("rejected", "退回"),
                        ]
                    ),
                ),
                ("finding", models.TextField()),
                ("field", models.TextField(db_default="")),
                ("settlement_id", models.TextField(db_default="")),
                ("blind", models.BinaryField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "待处理"), ("done", "已处理"), ("dropped", "不再处理")],
                        db_default="open",
                    ),
                ),
                ("attempts", models.IntegerField(db_default=1)),
                ("note", models.TextField(db_default="")),
                (
                    "feedfile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="mutualaid.feedfile",
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
            name="Recovery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fen", models.BigIntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("owed", "待抵扣"),
                            ("demanded", "待退回"),
                            ("received", "已收回"),
                            ("waived", "不再追回"),
                        ]
                    ),
                ),
                ("stated_on", models.DateField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to="mutualaid.decision",
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
            name="Running",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "window",
                    models.TextField(
                        choices=[("period", "互助保障期"), ("ever", "自参加起")],
                        db_default="period",
                    ),
                ),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("uses", models.IntegerField(db_default=0)),
                ("uses_limit", models.IntegerField(null=True)),
                ("decided_fen", models.BigIntegerField(db_default=0)),
                ("ceiling_fen", models.BigIntegerField(null=True)),
                ("taken_over_uses", models.IntegerField(db_default=0)),
                ("taken_over_fen", models.BigIntegerField(db_default=0)),
                ("owed_fen", models.BigIntegerField(db_default=0)),
                ("version", models.IntegerField(db_default=0)),
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
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="running",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="mutualaid.running",
            ),
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settlement_id", models.TextField()),
                ("number", models.BigIntegerField()),
                ("facts", models.JSONField()),
                ("content_sha256", models.BinaryField()),
                ("received_on", models.DateField()),
                ("filed_on", models.DateField(null=True)),
                ("reversed_on", models.DateField(null=True)),
                (
                    "origin",
                    models.TextField(
                        choices=[("feed", "医保结算数据"), ("case", "申请"), ("takeover", "接续")]
                    ),
                ),
                ("source_case", models.BigIntegerField(null=True, unique=True)),
                (
                    "entered_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.enrolment",
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
                    "feedfile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.feedfile",
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
            ],
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reversal_id", models.TextField()),
                ("original_id", models.TextField()),
                ("total_cost_fen", models.BigIntegerField()),
                ("content_sha256", models.BinaryField()),
                ("received_on", models.DateField()),
                ("row_number", models.IntegerField()),
                ("refused_because", models.TextField(db_default="")),
                (
                    "feedfile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.feedfile",
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
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="mutualaid.settlement",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="settlement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="mutualaid.settlement",
            ),
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("engine", models.TextField()),
                ("inputs", models.BinaryField()),
                ("inputs_sha256", models.BinaryField()),
                ("decided_on", models.DateField()),
                (
                    "decided_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "decided_by",
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
                    "union",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="turn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="mutualaid.turn",
            ),
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "marked_at",
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
            name="Due",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grant_id", models.BigIntegerField(null=True)),
                ("fen", models.BigIntegerField()),
                ("owed_on", models.DateField()),
                ("account_key", models.TextField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("benefit", "互助保障金"),
                            ("grant", "救助金"),
                            ("refund", "退互助金"),
                        ]
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "待发放"),
                            ("lined", "已列入发放"),
                            ("paid", "已发放"),
                            ("returned", "被退回"),
                            ("stopped", "不再发放"),
                        ],
                        db_default="open",
                    ),
                ),
                ("source", models.TextField(unique=True)),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues",
                        to="mutualaid.decision",
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
            ],
            options={
                "indexes": [models.Index(fields=["state", "union", "id"], name="due_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fen__gt", 0)), name="due_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "lined", "paid", "returned", "stopped"]),
                            ("kind__in", ["benefit", "grant", "refund"]),
                            (
                                "account_key__in",
                                ["benefits_payable", "grants_payable", "refunds_payable"],
                            ),
                        ),
                        name="due_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision__isnull", True), ("grant_id__isnull", True), _connector="OR"
                        ),
                        name="due_one_cause",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="feedfile",
            constraint=models.UniqueConstraint(
                fields=("scheme", "sha256"), name="feedfile_content_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rows_in",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("accepted"), "+", models.F("rejected")
                            ),
                            "+",
                            models.F("waiting"),
                        ),
                    ),
                    ("accepted__gte", 0),
                    ("rejected__gte", 0),
                    ("waiting__gte", 0),
                ),
                name="feedfile_every_row_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["received", "applied", "refused"])),
                name="feedfile_state",
            ),
        ),
        migrations.AddIndex(
            model_name="feedrow",
            index=models.Index(fields=["blind"], name="feedrow_blind"),
        ),
        migrations.AddIndex(
            model_name="feedrow",
            index=models.Index(fields=["state", "code", "id"], name="feedrow_open"),
        ),
        migrations.AddConstraint(
            model_name="feedrow",
            constraint=models.UniqueConstraint(
                fields=("feedfile", "row_number"), name="feedrow_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("code__in", ["unmatched", "held", "rejected"]),
                    ("state__in", ["open", "done", "dropped"]),
                ),
                name="feedrow_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0)), name="recovery_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["owed", "demanded", "received", "waived"])),
                name="recovery_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="running",
            constraint=models.UniqueConstraint(
                fields=("scheme", "person", "window", "period_from"), name="running_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="running",
            constraint=models.CheckConstraint(
                condition=models.Q(("window__in", ["period", "ever"])), name="running_window"
            ),
        ),
        migrations.AddConstraint(
            model_name="running",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_until__gt", models.F("period_from"))),
                name="running_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="running",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_over_uses__gte", 0),
                    ("uses__gte", 0),
                    models.Q(
                        ("uses_limit__isnull", True),
                        (
                            "uses_limit__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("uses"), "+", models.F("taken_over_uses")
                            ),
                        ),
                        ("uses", 0),
                        _connector="OR",
                    ),
                ),
                name="running_uses",
            ),
        ),
        migrations.AddConstraint(
            model_name="running",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_fen__gte", 0),
                    ("taken_over_fen__gte", 0),
                    models.Q(
                        ("ceiling_fen__isnull", True),
                        (
                            "ceiling_fen__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("decided_fen"), "+", models.F("taken_over_fen")
                            ),
                        ),
                        ("decided_fen", 0),
                        _connector="OR",
                    ),
                ),
                name="running_ceiling",
            ),
        ),
        migrations.AddConstraint(
            model_name="running",
            constraint=models.CheckConstraint(
                condition=models.Q(("owed_fen__gte", 0)), name="running_owed"
            ),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["person", "scheme"], name="settlement_person"),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                fields=("scheme", "settlement_id"), name="settlement_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                fields=("scheme", "number"), name="settlement_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["feed", "case", "takeover"])),
                name="settlement_origin",
            ),
        ),
        migrations.AddIndex(
            model_name="reversal",
            index=models.Index(fields=["scheme", "original_id"], name="reversal_original"),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.UniqueConstraint(
                fields=("scheme", "reversal_id"), name="reversal_once"
            ),
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(fields=["person", "scheme", "id"], name="turn_person"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["person", "id"], name="decision_person"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["union", "decided_on", "id"], name="decision_unit"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("settlement", "kind"),
                name="decision_one_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_fen__gte", 0),
                    ("before_fen__gte", 0),
                    ("uses__gte", 0),
                    ("standing_fen__gte", models.F("amount_fen")),
                ),
                name="decision_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(fields=("scheme", "person"), name="waiting_once"),
        ),
        *settlement_sql.CLASSES,
        *decision_sql.CLASSES,
        *decision_sql.FUNCTIONS,
    ]
