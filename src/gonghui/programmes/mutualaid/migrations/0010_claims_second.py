"""Applications, once more: papers that are due, lists as they came, flags cleared by another."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.programmes.mutualaid import claim_more_sql
from gonghui.programmes.mutualaid.claims.rules import rules
from gonghui.verbs.cases.kinds import placed


def _number() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _to(model: str, **said: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **said
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mutualaid", "0008_dues"), ("cases", "0002_borders")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ClaimList",
            fields=[
                ("id", _number()),
                ("name", models.TextField()),
                ("content_sha256", models.BinaryField()),
                ("meaning", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("rows_read", models.IntegerField()),
                ("rows_good", models.IntegerField()),
                ("rows_warned", models.IntegerField()),
                ("rows_bad", models.IntegerField()),
                ("came_on", models.DateField()),
                (
                    "checked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("filed_at", models.DateTimeField(null=True)),
                ("checked_by", _to("directory.person")),
                ("scheme", _to("mutualaid.scheme")),
                ("union", _to("directory.union")),
            ],
        ),
        migrations.CreateModel(
            name="ClaimPaper",
            fields=[
                ("id", _number()),
                ("event_kind", models.IntegerField()),
                ("paper", models.TextField()),
            ],
        ),
        migrations.AddField("claimflag", "cleared_at", models.DateTimeField(null=True)),
        migrations.AddField("claimflag", "cleared_by", _to("directory.person", null=True)),
        migrations.AddField("claimflag", "noted_by", _to("directory.person", null=True)),
        migrations.AddConstraint(
            model_name="claimpaper",
            constraint=models.UniqueConstraint(
                fields=("event_kind", "paper"), name="claimpaper_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimlist",
            constraint=models.UniqueConstraint(
                fields=("union", "scheme", "content_sha256"), name="claimlist_once"
            ),
        ),
        claim_more_sql.POLICIES,
        *claim_more_sql.CLASSES,
        claim_more_sql.PAPER_RIGHTS,
        claim_more_sql.placed_papers(rules()),
        placed(rules().kind),
        *claim_more_sql.FUNCTIONS,
    ]
