"""Who sees cases, and the functions through which alone they are opened, added to and moved."""

from django.db import migrations

from gonghui.verbs.cases import case_sql, move_sql


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("accounts", "0002_sessions"),
        ("audit", "0002_trail"),
        ("vault", "0001_initial"),
    ]
    operations = [
        *case_sql.CLASSES,
        *move_sql.FUNCTIONS,
        *case_sql.FUNCTIONS,
        case_sql.TRANSITION_ROWS,
    ]
