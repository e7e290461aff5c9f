"""The words for states and deeds that doors translate."""

from gonghui.core.errors import N_

WORDS = (
    N_("draft"),
    N_("filed"),
    N_("confirmed"),
    N_("reviewing"),
    N_("returned"),
    N_("accepted"),
    N_("refused"),
    N_("withdrawn"),
    N_("review_asked"),
    N_("reviewed"),
    N_("file"),
    N_("complete"),
    N_("confirm"),
    N_("pass"),
    N_("return"),
    N_("accept"),
    N_("refuse"),
    N_("withdraw"),
    N_("ask_review"),
    N_("uphold"),
    N_("change"),
)
