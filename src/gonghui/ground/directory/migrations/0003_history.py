"""History that cannot be bypassed, facts of units by date, posts that two people give."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.ground.directory.models.spans import DateSpan, in_order
from gonghui.ground.directory.post_sql import POSTS
from gonghui.ground.directory.responsibility_sql import RESPONSIBILITY
from gonghui.ground.directory.tree_sql import TREE


def _id() -> tuple[str, models.Field]:
    return "id", models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _span() -> list[tuple[str, models.Field]]:
    return [
        ("starts_on", models.DateField()),
        ("ends_before", models.DateField(blank=True, null=True)),
    ]


def _of(model: str, name: str = "+", *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, null=null
    )


def _one_at_a_time(
    name: str, *same: str
) -> django.contrib.postgres.constraints.ExclusionConstraint:
    keys = [(column, "=") for column in same]
    return django.contrib.postgres.constraints.ExclusionConstraint(
        expressions=[*keys, (DateSpan(), "&&")], name=name
    )


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_borders")]
    operations = [
        migrations.CreateModel(
            name="UnitSpan",
            fields=[
                _id(),
                ("credit_code", models.TextField(blank=True, default="")),
                ("unit_class", models.TextField(blank=True, default="")),
                ("workforce", models.IntegerField(blank=True, null=True)),
                *_span(),
                ("union", _of("directory.union", "unit_spans")),
            ],
            options={
                "constraints": [
                    in_order("unitspan_in_order"),
                    _one_at_a_time("unitspan_one_at_a_time", "union"),
                ]
            },
        ),
        migrations.CreateModel(
            name="PostKindSpan",
            fields=[
                _id(),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
                ),
                ("writes", models.BooleanField()),
                *_span(),
                ("kind", _of("directory.postkind", "spans")),
            ],
            options={
                "constraints": [
                    in_order("postkindspan_in_order"),
                    _one_at_a_time("postkindspan_one_at_a_time", "kind"),
                ]
            },
        ),
        migrations.AddField("post", "confirmed_by", _of("directory.person", null=True)),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                _id(),
                *_span(),
                (
                    "proposed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("declined_because", models.TextField(blank=True, db_default="")),
                ("decided_by", _of("directory.person", null=True)),
                ("kind", _of("directory.postkind")),
                ("person", _of("directory.person")),
                (
                    "post",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointment",
                        to="directory.post",
                    ),
                ),
                ("proposed_by", _of("directory.person")),
                ("union", _of("directory.union")),
            ],
            options={
                "constraints": [
                    in_order("appointment_in_order"),
                    models.UniqueConstraint(
                        fields=("person", "union", "kind"),
                        condition=models.Q(("decided_by__isnull", True)),
                        name="appointment_open_once",
                    ),
                ]
            },
        ),
        migrations.AddConstraint(
            "delegation", _one_at_a_time("delegation_one_at_a_time", "post", "person")
        ),
        *TREE,
        *POSTS,
        *RESPONSIBILITY,
    ]
