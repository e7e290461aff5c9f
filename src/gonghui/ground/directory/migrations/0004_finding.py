"""Persons are found by sound: columns, as under row security only these use an index."""

import django.db.models.functions
from django.db import migrations, models

from gonghui.ground.directory.models.persons import Initials


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_history")]
    operations = [
        migrations.AddField(
            "person",
            "name_run",
            models.GeneratedField(
                expression=django.db.models.functions.Replace(
                    "name_pinyin", models.Value(" "), models.Value("")
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            "person",
            "name_initials",
            models.GeneratedField(
                expression=Initials("name_pinyin"),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex("person", models.Index(fields=["name_run"], name="person_run")),
        migrations.AddIndex(
            "person", models.Index(fields=["name_initials"], name="person_initials")
        ),
    ]
