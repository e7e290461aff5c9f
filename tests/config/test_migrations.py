"""The tables are what the models say, and a migration of nothing changes nothing."""

from django.core.management import call_command


def test_no_model_was_changed_without_a_migration(django_ready):
    call_command("makemigrations", check=True, dry_run=True, skip_checks=True, verbosity=0)


def test_migrating_again_does_nothing(database):
    from gonghui.config.installation import pending_migrations

    assert pending_migrations() == []
