"""Which deed leads from which state to which, and whose it is: the table the database keeps.

``whose``: *author* the applicant, the person concerned, or who filed for her; *filer* the same,
and for papers of a unit or the window whoever may file there; *unit*; *examiner* whoever the case
lies with (unit, reviewer or decider); *reviewer*; *decider*; *second* one who decides and had no
part in it before.
"""

from __future__ import annotations

TRANSITIONS: tuple[tuple[str, str, str, str], ...] = (
    ("file", "draft", "filed", "filer"),
    ("complete", "returned", "filed", "filer"),
    ("confirm", "filed", "confirmed", "unit"),
    ("pass", "filed", "reviewing", "reviewer"),
    ("pass", "confirmed", "reviewing", "reviewer"),
    ("pass", "reviewing", "reviewing", "reviewer"),
    ("return", "filed", "returned", "examiner"),
    ("return", "confirmed", "returned", "examiner"),
    ("return", "reviewing", "returned", "examiner"),
    ("accept", "confirmed", "accepted", "decider"),
    ("accept", "reviewing", "accepted", "decider"),
    ("refuse", "confirmed", "refused", "decider"),
    ("refuse", "reviewing", "refused", "decider"),
    ("withdraw", "draft", "withdrawn", "author"),
    ("withdraw", "filed", "withdrawn", "author"),
    ("withdraw", "confirmed", "withdrawn", "author"),
    ("withdraw", "reviewing", "withdrawn", "author"),
    ("withdraw", "returned", "withdrawn", "author"),
    ("ask_review", "accepted", "review_asked", "author"),
    ("ask_review", "refused", "review_asked", "author"),
    ("uphold", "review_asked", "reviewed", "second"),
    ("change", "review_asked", "reviewed", "second"),
)
"""``pass`` from ``filed`` is for kinds that no unit confirms."""
