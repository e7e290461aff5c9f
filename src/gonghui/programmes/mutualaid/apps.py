"""Mutual aid as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig

from gonghui.core.errors import N_


class MutualAidConfig(AppConfig):
    name = "gonghui.programmes.mutualaid"
    label = "mutualaid"

    def ready(self) -> None:
        """`gonghui verify` goes through the editions, too; cases learn what an application does."""
        from gonghui.ground.borders.checks import register
        from gonghui.programmes.mutualaid.queries.proofs import prove_editions

        register(N_("Every edition is what two people confirmed"), prove_editions)
        _register_claims()
        _register_grants()


def _register_claims() -> None:
    from dataclasses import replace

    from gonghui.programmes.mutualaid.claims.rules import rules
    from gonghui.programmes.mutualaid.services.claim_decisions import amounts, barred, on_accepted
    from gonghui.programmes.mutualaid.services.claim_messages import tell_refused, tell_returned
    from gonghui.verbs.cases.kinds import register

    kind = replace(rules().kind, barred=barred, amounts=amounts, accepted=on_accepted)
    register(replace(kind, refused=tell_refused, returned=tell_returned))


def _register_grants() -> None:
    from dataclasses import replace

    from gonghui.programmes.mutualaid.grant_rules import grant_rules
    from gonghui.programmes.mutualaid.services.grant_cases import on_decided
    from gonghui.verbs.cases.kinds import register

    register(replace(grant_rules().kind, accepted=on_decided, refused=on_decided))
