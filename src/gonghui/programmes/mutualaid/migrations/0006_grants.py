"""Special grants, the meetings that decide them, public notices."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.programmes.mutualaid import grants_sql, notices_sql


class Migration(migrations.Migration):
    dependencies = [
        ("mutualaid", "0005_claims"),
        ("cases", "0001_initial"),
        ("directory", "0005_persons"),
        ("treasury", "0002_borders"),
    ]

    operations = [
        migrations.CreateModel(
            name="GrantCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_id", models.BigIntegerField(null=True)),
                ("gate", models.TextField()),
                ("measured_fen", models.BigIntegerField()),
                (
                    "measured_from",
                    models.TextField(choices=[("settlements", "结算数据"), ("papers", "书面材料")]),
                ),
                ("measured_because", models.TextField(blank=True, default="")),
                ("line_fen", models.BigIntegerField()),
                ("relation", models.TextField(choices=[("above", "高于"), ("at_least", "不低于")])),
                ("in_difficulty", models.BooleanField()),
                ("finding", models.TextField()),
                ("found_on", models.DateField()),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.edition",
                    ),
                ),
                (
                    "found_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "hardship",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.hardship",
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
            name="GrantMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("held_on", models.DateField()),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("received_fen", models.BigIntegerField(default=0)),
                ("paid_fen", models.BigIntegerField(default=0)),
                ("unpaid_fen", models.BigIntegerField(default=0)),
                ("brought_fen", models.BigIntegerField(default=0)),
                ("pending_fen", models.BigIntegerField(default=0)),
                ("unreported_fen", models.BigIntegerField()),
                ("unreported_because", models.TextField()),
                ("surplus_fen", models.BigIntegerField(default=0)),
                ("granted_fen", models.BigIntegerField(default=0)),
                ("elsewhere_fen", models.BigIntegerField(default=0)),
                ("minute_number", models.TextField()),
                ("minute_sha256", models.BinaryField()),
                ("quorum", models.IntegerField(null=True)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.body",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.fund",
                    ),
                ),
                (
                    "recorded_by",
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
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_id", models.BigIntegerField(null=True)),
                (
                    "outcome",
                    models.TextField(choices=[("granted", "给予救助"), ("refused", "不予救助")]),
                ),
                ("fen", models.BigIntegerField()),
                ("difference_fen", models.BigIntegerField(default=0)),
                ("reason", models.TextField()),
                ("new_facts", models.TextField(blank=True, default="")),
                (
                    "recused",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("recorded", "已登记"),
                            ("confirmed", "已确认"),
                            ("struck", "已撤销"),
                        ],
                        default="recorded",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("confirmed_on", models.DateField(null=True)),
                ("journal_id", models.BigIntegerField(null=True)),
                ("struck_because", models.TextField(blank=True, default="")),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "reconsiders",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mutualaid.grant",
                    ),
                ),
                (
                    "recorded_by",
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
                    "struck_by",
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
                (
                    "gate_check",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="mutualaid.grantcheck",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="mutualaid.grantmeeting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GrantPresence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.TextField(
                        choices=[("chair", "主持"), ("member", "出席"), ("attending", "列席")]
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="present",
                        to="mutualaid.grantmeeting",
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
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.TextField(choices=[("grants", "救助"), ("benefits", "互助保障金")]),
                ),
                ("title", models.TextField()),
                ("working_days", models.IntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("drafted", "草稿"),
                            ("published", "公示中"),
                            ("taken_down", "已撤下"),
                        ],
                        default="drafted",
                    ),
                ),
                ("lines_count", models.IntegerField(default=0)),
                ("total_fen", models.BigIntegerField(default=0)),
                ("content_sha256", models.BinaryField(null=True)),
                (
                    "drafted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("published_on", models.DateField(null=True)),
                ("ends_before", models.DateField(null=True)),
                ("taken_down_at", models.DateTimeField(null=True)),
                ("taken_down_because", models.TextField(blank=True, default="")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
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
            name="NoticeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.IntegerField()),
                ("source", models.TextField()),
                ("masked_name", models.TextField()),
                ("unit_name", models.TextField()),
                ("month", models.TextField()),
                ("fen", models.BigIntegerField()),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="mutualaid.notice",
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
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("raised_on", models.DateField()),
                ("words", models.TextField()),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_on", models.DateField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="mutualaid.notice",
                    ),
                ),
                (
                    "received_by",
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
            model_name="grantcheck",
            index=models.Index(fields=["person", "id"], name="grantcheck_person"),
        ),
        migrations.AddConstraint(
            model_name="grantcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_fen__gte", 0), ("measured_fen__gte", 0)),
                name="grantcheck_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("measured_from", "settlements"),
                    models.Q(
                        ("measured_from", "papers"),
                        models.Q(("measured_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="grantcheck_papers_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("finding", ""), _negated=True), name="grantcheck_found_by_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="grantcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_difficulty", False), ("hardship__isnull", False), _connector="OR"
                ),
                name="grantcheck_on_evidence",
            ),
        ),
        migrations.AddIndex(
            model_name="grantmeeting",
            index=models.Index(fields=["scheme", "period_from", "id"], name="grantmeeting_year"),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_on__lt", models.F("period_until")),
                    ("period_from__lte", models.F("held_on")),
                ),
                name="grantmeeting_in_its_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "surplus_fen",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("received_fen"), "-", models.F("paid_fen")
                                        ),
                                        "-",
                                        models.F("unpaid_fen"),
                                    ),
                                    "+",
                                    models.F("brought_fen"),
                                ),
                                "-",
                                models.F("pending_fen"),
                            ),
                            "-",
                            models.F("unreported_fen"),
                        ),
                    )
                ),
                name="grantmeeting_surplus_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted_fen", 0),
                    models.Q(("granted_fen__gt", 0), ("granted_fen__lte", models.F("surplus_fen"))),
                    _connector="OR",
                ),
                name="grantmeeting_within_surplus",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unreported_fen__gte", 0), models.Q(("unreported_because", ""), _negated=True)
                ),
                name="grantmeeting_estimate_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("minute_number", ""), _negated=True), name="grantmeeting_minute"
            ),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.UniqueConstraint(
                fields=("scheme", "minute_number"), name="grantmeeting_minute_once"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["person", "id"], name="grant_person"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fen__gt", 0), ("outcome", "granted")),
                    models.Q(("fen", 0), ("outcome", "refused")),
                    _connector="OR",
                ),
                name="grant_amount_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("difference_fen__gte", 0)), name="grant_not_less"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="grant_reason_said"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reconsiders__isnull", True),
                    models.Q(("new_facts", ""), _negated=True),
                    _connector="OR",
                ),
                name="grant_new_facts",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_by__isnull", True),
                        ("state", "recorded"),
                        ("struck_by__isnull", True),
                    ),
                    models.Q(
                        ("confirmed_by__isnull", False),
                        ("state", "confirmed"),
                        ("struck_by__isnull", True),
                    ),
                    models.Q(
                        ("confirmed_by__isnull", True),
                        ("state", "struck"),
                        ("struck_by__isnull", False),
                        models.Q(("struck_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="grant_states",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="grant_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "struck"), _negated=True),
                fields=("reconsiders",),
                name="grant_reconsidered_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("reconsiders__isnull", True), models.Q(("state", "struck"), _negated=True)
                ),
                fields=("gate_check",),
                name="grant_one_for_an_application",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantpresence",
            constraint=models.UniqueConstraint(
                fields=("meeting", "person"), name="grantpresence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="grantpresence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part", "chair")),
                fields=("meeting",),
                name="grantpresence_one_chair",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantpresence",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["chair", "member", "attending"])),
                name="grantpresence_part",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state", "published")),
                fields=["ends_before", "id"],
                name="notice_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("working_days__gte", 1), ("working_days__lte", 60)),
                name="notice_working_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="notice_titled"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_on__isnull", True), ("state", "drafted")),
                    models.Q(
                        ("content_sha256__isnull", False),
                        ("ends_before__gt", models.F("published_on")),
                        ("published_by__isnull", False),
                        ("published_on__isnull", False),
                        ("state__in", ["published", "taken_down"]),
                    ),
                    _connector="OR",
                ),
                name="notice_states",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(("published_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="notice_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "taken_down"), ("taken_down_at__isnull", False)),
                    models.Q(
                        models.Q(("state", "taken_down"), _negated=True),
                        ("taken_down_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="notice_taken_down",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeline",
            constraint=models.UniqueConstraint(fields=("notice", "place"), name="noticeline_place"),
        ),
        migrations.AddConstraint(
            model_name="noticeline",
            constraint=models.UniqueConstraint(fields=("notice", "source"), name="noticeline_once"),
        ),
        migrations.AddConstraint(
            model_name="noticeline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("masked_name", ""),
                    models.Q(
                        ("masked_name__contains", "*"),
                        ("masked_name__regex", "^[^0-9]{1,24}$"),
                        ("month__regex", "^[0-9]{4}-[0-9]{2}$"),
                        models.Q(("unit_name__regex", "[0-9]{6}"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="noticeline_masked",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeline",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen__gt", 0)), name="noticeline_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="objection_said"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""), ("answered_by__isnull", True), ("answered_on__isnull", True)
                    ),
                    models.Q(
                        ("answered_by__isnull", False),
                        ("answered_on__gte", models.F("raised_on")),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="objection_answered",
            ),
        ),
        *grants_sql.CLASSES,
        *notices_sql.CLASSES,
        *grants_sql.FUNCTIONS,
        *notices_sql.FUNCTIONS,
        *grants_sql.TRIGGERS,
        *notices_sql.TRIGGERS,
    ]
