"""The queue's tables are the machine's; a run's row is changed by definer functions only."""

from django.db import migrations

from gonghui.ground.jobs.run_sql import FUNCTIONS, QUEUE, TABLES


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("accounts", "0002_sessions"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [*QUEUE, *TABLES, *FUNCTIONS]
