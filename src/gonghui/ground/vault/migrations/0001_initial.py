"""The wrapped data keys and the functions that change them."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from gonghui.ground.vault.keys_sql import CLASSES, FUNCTIONS


class Migration(migrations.Migration):
    initial = True
    dependencies = [("directory", "0002_borders")]
    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="directory.person",
                    ),
                ),
                ("generation", models.IntegerField(db_default=1)),
                ("wrapped", models.BinaryField(null=True)),
                ("key_id", models.IntegerField()),
                ("uses", models.BigIntegerField(db_default=0)),
                ("destroyed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("wrapped__isnull", False))
                        | Q(("destroyed_at__isnull", False)),
                        name="datakey_there_or_destroyed",
                    ),
                    models.CheckConstraint(
                        condition=Q(("generation__gte", 1), ("uses__gte", 0)),
                        name="datakey_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EarlierKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("generation", models.IntegerField()),
                ("wrapped", models.BinaryField()),
                ("key_id", models.IntegerField()),
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
                    models.UniqueConstraint(fields=("person", "generation"), name="earlierkey_once")
                ],
            },
        ),
        *CLASSES,
        *FUNCTIONS,
    ]
