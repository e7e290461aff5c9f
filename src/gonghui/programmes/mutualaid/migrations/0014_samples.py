"""Samples that the audit committee drew, and what it asks across people."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from gonghui.programmes.mutualaid import sample_sql


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_persons"),
        ("mutualaid", "0011_grant_cases"),
        ("treasury", "0003_payouts"),
    ]
    operations = [
        migrations.CreateModel(
            name="Sample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_before", models.DateField()),
                (
                    "kind",
                    models.TextField(
                        choices=[("random", "简单随机"), ("strata", "分层"), ("money", "货币单位")]
                    ),
                ),
                ("by", models.TextField(blank=True, default="")),
                ("weight", models.TextField(blank=True, default="")),
                (
                    "bounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("size", models.IntegerField()),
                ("seed", models.TextField()),
                ("population", models.BinaryField()),
                ("population_sha256", models.BinaryField()),
                ("population_lines", models.IntegerField()),
                ("population_fen", models.BigIntegerField()),
                (
                    "drawn_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "drawn_by",
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
            name="SampleLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.IntegerField()),
                ("layer", models.TextField(blank=True, default="")),
                ("hits", models.IntegerField(default=1)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="treasury.payoutline",
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="mutualaid.sample",
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
            model_name="sample",
            index=models.Index(fields=["scheme", "id"], name="sample_scheme"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by", ""), ("kind__in", ["random", "money"]), ("weight", "")),
                    models.Q(
                        ("by__in", ["amount", "unit", "month", "level"]),
                        ("kind", "strata"),
                        ("weight__in", ["lines", "money"]),
                    ),
                    _connector="OR",
                ),
                name="sample_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_before__gt", models.F("starts_on")),
                    ("size__gte", 1),
                    ("size__lte", models.F("population_lines")),
                ),
                name="sample_of_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="sampleline",
            constraint=models.UniqueConstraint(fields=("sample", "place"), name="sampleline_place"),
        ),
        migrations.AddConstraint(
            model_name="sampleline",
            constraint=models.UniqueConstraint(fields=("sample", "line"), name="sampleline_once"),
        ),
        migrations.AddConstraint(
            model_name="sampleline",
            constraint=models.CheckConstraint(
                condition=models.Q(("hits__gte", 1)), name="sampleline_hit"
            ),
        ),
        *sample_sql.CLASSES,
        *sample_sql.FUNCTIONS,
    ]
