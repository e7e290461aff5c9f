"""The generators as Hypothesis strategies: it chooses, shrinks and repeats every random number."""

from random import Random

from hypothesis import strategies as st

from tests.generators.frame import SHAPES, Part
from tests.generators.histories import Settlement, arrivals, history
from tests.generators.revisions import jiaozuo_and_its_revision, revision_of

_randoms = st.randoms(use_true_random=False)


@st.composite
def editions(draw: st.DrawFn, name: str | None = None) -> Part:
    """A random edition, of one shape or of any."""
    chosen = name or draw(st.sampled_from(sorted(SHAPES)))
    return SHAPES[chosen](draw(_randoms))


@st.composite
def editions_and_histories(
    draw: st.DrawFn, name: str | None = None, most: int = 12
) -> tuple[Part, list[Settlement]]:
    edition = draw(editions(name))
    return edition, history(draw(_randoms), edition, most)


@st.composite
def streams(draw: st.DrawFn, settlements: list[Settlement]) -> list[tuple[str, Settlement]]:
    """An order in which these settlements and their reversals may arrive."""
    return arrivals(draw(_randoms), settlements)


@st.composite
def revisions_and_histories(draw: st.DrawFn, most: int = 12) -> tuple[Part, Part, list[Settlement]]:
    """A book like Jiaozuo's, its revision, and a history."""
    before, revised = jiaozuo_and_its_revision(draw(_randoms))
    return before, revised, history(draw(_randoms), before, most)


@st.composite
def revised_editions_and_histories(
    draw: st.DrawFn, name: str | None = None, most: int = 12
) -> tuple[Part, Part, list[Settlement]]:
    """An edition of any shape, a revision of it from some day on, and a history across both."""
    edition = draw(editions(name))
    before, revised = revision_of(draw(_randoms), edition)
    return before, revised, history(draw(_randoms), edition, most)


# Without Hypothesis, and some ten times faster: nothing shrinks but by `histories.smallest`.


def seeded(name: str, seed: int) -> Part:
    """The same edition for the same seed: for many histories of one compiled book."""
    return SHAPES[name](Random(seed))


def seeded_histories(edition: Part, seed: int, count: int) -> list[list[Settlement]]:
    random = Random(seed)
    return [history(random, edition) for _ in range(count)]
