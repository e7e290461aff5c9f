"""Sessions are opened and scopes entered by definer functions only."""

from django.db import migrations

from gonghui.ground.accounts.session_sql import FUNCTIONS
from gonghui.ground.borders.protect import Classify


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("directory", "0002_borders")]
    operations = [
        Classify("accounts_account", kind="gate"),
        Classify("accounts_session", kind="gate", audited=False),
        *FUNCTIONS,
    ]
