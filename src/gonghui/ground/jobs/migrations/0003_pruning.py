"""What ended long ago is taken away by the machine."""

from django.db import migrations

from gonghui.ground.jobs.run_sql import PRUNING


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_borders")]
    operations = PRUNING
