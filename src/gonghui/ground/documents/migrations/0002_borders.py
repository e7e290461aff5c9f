"""Who keeps and sees documents."""

from django.db import migrations

from gonghui.ground.documents.document_sql import DOCUMENTS


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("vault", "0002_files")]
    operations = [*DOCUMENTS]
