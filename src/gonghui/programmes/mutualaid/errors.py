"""What PostgreSQL refuses about editions and revisions, in words.

Services look first and say it better; these are for what changed in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction

from gonghui.core.errors import N_, Refusal

_AGAIN = N_("Look at what is there now, then try again.")
_WORDS = {
    "GH001": N_("What is published or recorded is never changed."),
    "GH002": N_("Some days would have no edition in force."),
    "GH003": N_("This edition is published already."),
    "GH004": N_("What was confirmed is no longer so: another edition came into force."),
    "GH005": N_("Two different people confirm an edition before it is published."),
    "GH006": N_("The revision is not at the end of its road."),
    "GH010": N_("This is not the draft that is under way."),
    "GH011": N_("This is not the step that is next."),
    "GH012": N_("This is not the body that takes this step."),
    "GH013": N_("A step is taken after the ones before it, and not in the future."),
    "GH014": N_("Something that the step needs is missing."),
    "GH015": N_("Comments wait for their answers."),
    "GH016": N_("This step is taken by publishing."),
    "GH017": N_("Comments on this draft are closed."),
    "GH018": N_("The draft has no such clause."),
    "23P01": N_("On some days two editions would be in force."),
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turns the database's refusals of this room into ours; anything else stays a fault.

    In a savepoint, so that the transaction around it can go on and say what was refused.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        what = _WORDS.get(getattr(error.__cause__, "sqlstate", ""))
        if what is None:
            raise
        raise Refusal(what, _AGAIN) from error
