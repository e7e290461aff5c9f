"""Questions to the trail. Row security answers: call them inside ``actor.transaction()``.

Pages go backwards from the newest by id: ``before`` is the last id of the page before.
"""

from __future__ import annotations

from gonghui.ground.audit.models import Event

PAGE = 50


def who_saw(person_id: int, *, before: int | None = None, limit: int = PAGE) -> list[Event]:
    """Who was shown something of this person, and what for. The newest first."""
    return _page({"person_seen": person_id}, before, limit)


def what_happened_to(
    subject: str, subject_id: int, *, before: int | None = None, limit: int = PAGE
) -> list[Event]:
    """The events of one subject: a table and the id of its row. The newest first."""
    return _page({"subject": subject, "subject_id": subject_id}, before, limit)


def what_was_done_by(actor_id: int, *, before: int | None = None, limit: int = PAGE) -> list[Event]:
    """What one person did. The newest first."""
    return _page({"actor_id": actor_id}, before, limit)


def _page(wanted: dict[str, int | str], before: int | None, limit: int) -> list[Event]:
    found = Event.objects.filter(**wanted).order_by("-id")
    return list(found.filter(id__lt=before)[:limit] if before is not None else found[:limit])
