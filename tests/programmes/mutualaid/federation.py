"""A federation that runs a scheme: profile, bodies, editions of a few lines, published by two."""

from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.shelf import Source
from tests.core.rulebook.books import book, written

SCHEME = "example/medical"
ON = date(2022, 12, 1)
PROFILES = Path(__file__).parents[3] / "src" / "gonghui" / "books" / "profiles"
PROFILE = (PROFILES / "example.yaml").read_bytes()
BODIES = ("committee", "office", "leading_group")


def source(said, text=None):
    """A book of few lines as files."""
    return Source(written(said).encode(), None if text is None else text.encode(), "draft.yaml")


def furnish_scheme(house):
    """The city's profile, its bodies and an empty scheme."""
    from gonghui.ground.directory.models import Body
    from gonghui.programmes.mutualaid.services.profiles import set_profile
    from gonghui.programmes.mutualaid.services.schemes import found_scheme

    profile = set_profile(house.head, PROFILE, "example.yaml")
    with house.head.transaction() as scope:
        for kind in BODIES:
            name = profile.text(f"bodies.{kind}.name")
            Body.objects.create(
                union_id=scope.union_id, kind=kind, name=name, starts_on=date(2021, 1, 1)
            )
    return found_scheme(house.head, SCHEME, profile.text("scheme.name"))


def load(house, folder, *books, texts=None, **options):
    """Editions as they were issued before, loaded by head and clerk."""
    from gonghui.programmes.mutualaid.services.editions import load_packaged
    from tests.core.rulebook.books import shelf

    return load_packaged(
        house.head,
        house.clerk,
        SCHEME,
        books=shelf(folder, *(books or (book(),)), texts=texts),
        **{"on": ON, **options},
    )


@contextmanager
def refused(words):
    """What is done here is refused, in these words."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert words in caught.value.words()
    assert caught.value.todo
