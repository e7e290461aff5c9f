"""What PostgreSQL refuses about grants and notices, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction

from gonghui.core.errors import N_, Refusal

_TWO = (
    N_("Whoever wrote it down does not confirm it."),
    N_("Ask a colleague who may; two accounts of one person are one person."),
)
_WORDS: dict[str, tuple[str, str]] = {
    "grant_not_ones_own": (
        N_("Nobody handles a grant of her own or of a relative's."),
        N_("Ask a colleague."),
    ),
    "grant_not_by_filer": (
        N_("Whoever filed the application does not write down what was decided on it."),
        N_("Ask a colleague."),
    ),
    "grant_after_unit": (
        N_("There is no application of hers for this that her unit has confirmed."),
        N_("File it and have the unit confirm it; what is decided she asks to have reviewed."),
    ),
    "grant_of_its_body": (
        N_("Another body than the edition names has met."),
        N_("Look at the gate: it says who decides."),
    ),
    "grant_one_for_a_case": (
        N_("A meeting has decided on this application."),
        N_("New facts are reconsidered: gonghui grant reconsider"),
    ),
    "grantpresence_before_confirmed": (
        N_("The minute is confirmed; nobody is added to those present."),
        N_("Look at the minute; what is wrong in it goes back to the body."),
    ),
    "grantpresence_member": (
        N_("Somebody named as deciding is no member of the body on that day."),
        N_("Name her with --attending, or have her term entered first."),
    ),
    "grant_of_its_check": (
        N_("The gate was not looked at for this person before the meeting."),
        N_("Look at it first: gonghui grant gate"),
    ),
    "grant_gate": (
        N_("The gate is not passed: the figures, the finding or the registered hardship lack."),
        N_("`gonghui grant list` shows them; the meeting may refuse, not grant."),
    ),
    "grant_quorum": (
        N_("Fewer people were present than the body needs to decide."),
        N_("Look at who was present; a meeting without a quorum decides nothing."),
    ),
    "grant_recusal": (
        N_("Somebody present is the applicant or a relative, and was not kept out."),
        N_("Name who was kept out of this decision."),
    ),
    "grant_same_body": (
        N_("Only the body that decided reconsiders, and only what is confirmed."),
        N_("Write down a meeting of the same body."),
    ),
    "grant_not_less": (
        N_("Reconsidering does not take back what was granted."),
        N_("State an amount that is not lower."),
    ),
    "grant_transition": (
        N_("It is confirmed or struck already."),
        N_("Look at the list; what is confirmed is reconsidered."),
    ),
    "grant_by_two": _TWO,
    "grant_posted": (
        N_("A grant is posted as it is confirmed."),
        N_("Confirm it with `gonghui grant confirm`."),
    ),
    "grant_one_for_an_application": (
        N_("A meeting has decided on this application."),
        N_("New facts are reconsidered: gonghui grant reconsider"),
    ),
    "grant_reconsidered_once": (
        N_("This decision has been reconsidered; the newer one counts."),
        N_("Reconsider the newer one."),
    ),
    "grantmeeting_within_surplus": (
        N_("All grants of the meeting together would be more than the year's surplus."),
        N_("`gonghui grant list` shows what is left; the meeting decides anew."),
    ),
    "grantmeeting_of_one_house": (
        N_("The body is none of this scheme's union on that day."),
        N_("Look at the bodies and their terms."),
    ),
    "grantmeeting_in_its_year": (
        N_("The meeting is not within the year whose surplus it uses."),
        N_("Look at the day again."),
    ),
    "grantmeeting_minute_once": (
        N_("The minute of this number is written down already."),
        N_("`gonghui grant list` shows the meetings."),
    ),
    "grantpresence_once": (
        N_("Somebody is named twice among those present."),
        N_("Name each once."),
    ),
    "notice_by_two": _TWO,
    "notice_transition": (
        N_("A published notice is not changed; it only comes down."),
        N_("Draft another."),
    ),
    "notice_says_something": (
        N_("There is nobody on this notice."),
        N_("Choose a month in which something was granted or paid."),
    ),
    "objection_in_time": (
        N_("The notice did not stand on that day."),
        N_("Look at its days; later complaints go another way."),
    ),
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turns the database's refusals of grants and notices into ours; all else stays a fault."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        said = _WORDS.get(getattr(diagnosis, "constraint_name", None) or "")
        if said is None:
            raise
        raise Refusal(*said) from error
