"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from gonghui.doors.console import cases, decisions, payouts, people, unions

app_name = "console"
urlpatterns = [
    path("cases", cases.cases, name="cases"),
    path("cases/<int:case_id>", cases.case, name="case"),
    path("cases/<int:case_id>/deeds", cases.case_deed, name="case-deed"),
    path(
        "cases/<int:case_id>/papers/<int:document_id>/<int:number>",
        cases.case_paper,
        name="case-paper",
    ),
    path("payouts", payouts.payouts, name="payouts"),
    path("payouts/draft", payouts.draft, name="payout-draft"),
    path("payouts/answer", payouts.answer, name="payout-answer"),
    path("payouts/<int:batch_id>", payouts.payout, name="payout"),
    path("payouts/<int:batch_id>/check", payouts.check, name="payout-check"),
    path("payouts/<int:batch_id>/approve", payouts.approve, name="payout-approve"),
    path("payouts/<int:batch_id>/seal", payouts.seal, name="payout-seal"),
    path("payouts/<int:batch_id>/release", payouts.release, name="payout-release"),
    path("payouts/<int:batch_id>/close", payouts.close, name="payout-close"),
    path("payouts/<int:batch_id>/cancel", payouts.cancel, name="payout-cancel"),
    path("payouts/<int:batch_id>/anew", payouts.anew, name="payout-anew"),
    path("payouts/<int:batch_id>/file", payouts.export, name="payout-export"),
    path("people", people.people, name="people"),
    path("people/<int:person_id>", people.person, name="person"),
    path(
        "people/<int:person_id>/numbers/<int:number_id>/reveal",
        people.reveal_number,
        name="reveal-number",
    ),
    path("unions", unions.unions, name="unions"),
    path("unions/<int:union_id>", unions.union, name="union"),
    path("decisions/<int:decision_id>", decisions.decision, name="decision"),
]
