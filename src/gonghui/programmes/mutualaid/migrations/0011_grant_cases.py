"""Special grants as cases; minutes that are confirmed; notices that the machine takes down."""

import django.db.models.deletion
from django.db import migrations, models

from gonghui.ground.borders.protect import Statements
from gonghui.programmes.mutualaid import grants_sql, notices_sql
from gonghui.programmes.mutualaid.grant_rules import grant_rules
from gonghui.verbs.cases.kinds import placed


class Migration(migrations.Migration):
    dependencies = [
        ("mutualaid", "0010_claims_second"),
        ("cases", "0002_borders"),
        ("directory", "0005_persons"),
    ]
    operations = [
        migrations.AddField(
            model_name="grantcheck", name="body_kind", field=models.TextField(default="")
        ),
        migrations.AddField(
            model_name="grantcheck", name="decided_by", field=models.TextField(default="")
        ),
        migrations.AddField(
            model_name="grantmeeting",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.person",
            ),
        ),
        migrations.AddField(
            model_name="grantmeeting", name="confirmed_on", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="grantmeeting", name="seated", field=models.IntegerField(null=True)
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("case_id__isnull", False),
                    ("reconsiders__isnull", True),
                    models.Q(("state", "struck"), _negated=True),
                ),
                fields=("case_id",),
                name="grant_one_for_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_by__isnull", True), ("confirmed_on__isnull", True)),
                    models.Q(
                        ("confirmed_by__isnull", False),
                        ("confirmed_on__isnull", False),
                        models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="grantmeeting_confirmed",
            ),
        ),
        # Made anew where they were made before; they go with the migration that made them first.
        *(Statements(one.statements) for one in grants_sql.FUNCTIONS),
        *grants_sql.LATER_TRIGGERS,
        *notices_sql.MACHINE,
        placed(grant_rules().kind),
    ]
