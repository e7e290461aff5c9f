"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from gonghui.doors.console import decisions, people, unions

app_name = "console"
urlpatterns = [
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
