"""Tells `gonghui verify` what this room has to show."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gonghui.ground.audit"

    def ready(self) -> None:
        from gonghui.core.errors import N_
        from gonghui.ground.audit.services.checking import check_trail
        from gonghui.ground.borders.checks import register

        register(N_("The audit trail is whole and sealed"), check_trail)
