"""Mutual aid as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig

from gonghui.core.errors import N_


class MutualAidConfig(AppConfig):
    name = "gonghui.programmes.mutualaid"
    label = "mutualaid"

    def ready(self) -> None:
        """`gonghui verify` goes through the editions, too."""
        from gonghui.ground.borders.checks import register
        from gonghui.programmes.mutualaid.queries.proofs import prove_editions

        register(N_("Every edition is what two people confirmed"), prove_editions)
