"""Persons are registered, employed, joined and given numbers by definer functions."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.ground.directory.person_sql import PERSONS


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_finding")]
    operations = [
        migrations.CreateModel(
            name="Lookup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("asked", models.IntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="lookup_once_a_day")
                ]
            },
        ),
        *PERSONS,
    ]
