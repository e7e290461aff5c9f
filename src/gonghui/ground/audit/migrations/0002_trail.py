"""The trail is written by functions only, read within one's scope, and never changed."""

from django.db import migrations

from gonghui.ground.audit.event_sql import CLASSES, FAST, FUNCTIONS, SEALER, SEQUENCE, SHAPES


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("accounts", "0002_sessions")]
    operations = [SEQUENCE, SHAPES, *FUNCTIONS, *CLASSES, SEALER, *FAST]
