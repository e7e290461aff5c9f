"""The directory's row security, and the numbering of its tree."""

from django.db import migrations

from gonghui.ground.borders.scope_sql import AFTER_DIRECTORY
from gonghui.ground.directory.border_sql import CLASSES, NUMBERING


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial"), ("borders", "0001_scope")]
    operations = [*AFTER_DIRECTORY, *NUMBERING, *CLASSES]
