"""The vault as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "gonghui.ground.vault"
    label = "vault"
