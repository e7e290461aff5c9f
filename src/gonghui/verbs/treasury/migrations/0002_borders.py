"""Who sees and writes what; what the database holds whoever writes; how a period is closed."""

from django.db import migrations

from gonghui.verbs.treasury import closing_sql, ledger_sql


class Migration(migrations.Migration):
    dependencies = [
        ("treasury", "0001_initial"),
        ("accounts", "0002_sessions"),
        ("audit", "0002_trail"),
    ]
    operations = [
        *ledger_sql.FUNCTIONS,
        *ledger_sql.TRIGGERS,
        *ledger_sql.CLASSES,
        *closing_sql.FUNCTIONS,
    ]
