"""Second factors, and what is known of a page's session."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.ground.accounts.second_factor_sql import FUNCTIONS
from gonghui.ground.accounts.session_sql import ENTRANCES
from gonghui.ground.borders.protect import Classify


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sessions"),
        ("directory", "0005_persons"),
        ("vault", "0002_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="browser",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="session",
            name="second_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cipher", models.BinaryField()),
                ("last_step", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_factor",
                        to="accounts.account",
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
            ],
        ),
        Classify("accounts_secondfactor", kind="gate"),
        *FUNCTIONS,
        *ENTRANCES,
    ]
