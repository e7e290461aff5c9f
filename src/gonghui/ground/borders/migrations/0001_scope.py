"""The scope of a transaction: schema ``gate`` itself is made with the roles, by `gonghui up`."""

from django.db import migrations

from gonghui.ground.borders.protect import Classify
from gonghui.ground.borders.scope_sql import BEFORE_DIRECTORY


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [*BEFORE_DIRECTORY, Classify("django_migrations", kind="machine")]
