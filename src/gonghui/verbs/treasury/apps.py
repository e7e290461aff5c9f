"""The ledger as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig

from gonghui.core.errors import N_


class TreasuryConfig(AppConfig):
    name = "gonghui.verbs.treasury"
    label = "treasury"

    def ready(self) -> None:
        """`gonghui verify` goes through the ledger, too."""
        from gonghui.ground.borders.checks import register
        from gonghui.verbs.treasury.queries.proofs import prove_balances

        register(N_("Journals balance, and what is kept is the sum of their lines"), prove_balances)
