"""The keys of sealed files."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.ground.vault.keys_sql import FILES


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="FileKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wrapped", models.BinaryField()),
                ("key_id", models.IntegerField()),
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
        *FILES,
    ]
