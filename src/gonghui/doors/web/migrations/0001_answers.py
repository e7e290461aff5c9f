"""One-time keys of forms."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.doors.web.answer_sql import FUNCTIONS
from gonghui.ground.borders.protect import Classify


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_addresses"),
        ("directory", "0005_persons"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("fingerprint", models.BinaryField()),
                ("status", models.SmallIntegerField(null=True)),
                ("location", models.TextField(blank=True, db_default="")),
                ("made_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
            ],
        ),
        Classify("web_answer", kind="gate", audited=False),
        *FUNCTIONS,
    ]
