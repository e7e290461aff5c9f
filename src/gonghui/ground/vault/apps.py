"""The vault as an app of Django; what `gonghui verify` asks of it."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "gonghui.ground.vault"
    label = "vault"

    def ready(self) -> None:
        from gonghui.core.errors import N_
        from gonghui.ground.borders.checks import register
        from gonghui.ground.vault.services.checking import check_secrets

        register(N_("Every key and every encrypted value opens at its place"), check_secrets)
