"""Row security of enrolments and contributions, and the functions that book rosters."""

from django.db import migrations

from gonghui.programmes.mutualaid import contribution_sql, enrolment_sql


class Migration(migrations.Migration):
    dependencies = [("mutualaid", "0002_enrolments"), ("vault", "0001_initial")]
    operations = [
        *enrolment_sql.CLASSES,
        *contribution_sql.CLASSES,
        *enrolment_sql.FUNCTIONS,
        *contribution_sql.FUNCTIONS,
    ]
