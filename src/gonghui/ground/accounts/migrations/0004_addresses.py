"""Wrong secrets are counted by where they come from."""

from django.db import migrations, models

from gonghui.ground.accounts.address_sql import FUNCTIONS
from gonghui.ground.borders.protect import Classify


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_second_factors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(unique=True)),
                ("wrong", models.IntegerField()),
                ("since", models.DateTimeField()),
            ],
        ),
        Classify("accounts_address", kind="gate", audited=False),
        *FUNCTIONS,
    ]
