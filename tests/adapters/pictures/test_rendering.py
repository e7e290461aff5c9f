"""Whatever is sent: fresh pixels, or a refusal in words. Nothing else comes through."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gonghui.adapters.pictures import Limits, PictureRefused, render
from tests.adapters.pictures import hostile


@pytest.mark.parametrize("name", hostile.CORPUS)
def test_each_of_the_corpus_ends_as_expected(name):
    content, expected = hostile.CORPUS[name]
    if isinstance(expected, str):
        with pytest.raises(PictureRefused) as caught:
            render(content, "a.jpg")  # the name says nothing
        assert caught.value.code == expected
        assert "a.jpg" in caught.value.words()
    else:
        pages = render(content, "a.svg").pages
        assert len(pages) == expected
        for page in pages:
            clean(page)


def clean(page):
    with Image.open(io.BytesIO(page.jpeg), formats=("JPEG",)) as drawn:
        drawn.load()
        assert drawn.size == (page.width, page.height)
        assert set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert page.jpeg.endswith(b"\xff\xd9")
    assert b"script" not in page.jpeg
    assert b"evil" not in page.jpeg


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_profile_and_turn_do_not_come_through(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif[0x010F] = "MAKER"
    exif[0x8825] = {1: "N", 2: (35.0, 13.0, 0.0)}
    sent = hostile.picture(kind, exif=exif, icc_profile=b"PROFILE" * 40)
    assert b"MAKER" in sent  # control
    (page,) = render(sent, "a").pages
    clean(page)
    assert (page.width, page.height) == (40, 60)
    assert b"MAKER" not in page.jpeg


def test_sixteen_bits_keep_their_shade():
    (page,) = render(hostile.CORPUS["sixteen bits"][0], "a").pages
    shade = Image.open(io.BytesIO(page.jpeg)).getpixel((1, 1))[0]
    assert abs(shade - 40_000 // 256) <= 1


def test_control_without_the_limit_the_bomb_is_decoded():
    (page,) = render(hostile.bomb(), "a", Limits(pixels=1 << 40)).pages
    assert (page.width, page.height) == (3000, 3000)


def test_a_bomb_past_the_header_meets_the_limit_of_memory():
    with pytest.raises(PictureRefused) as caught:
        render(hostile.bomb(), "a", Limits(pixels=1 << 40, memory_bytes=200 << 20))
    assert caught.value.code == "too_large"


def test_time_and_size_are_limited():
    with pytest.raises(PictureRefused) as caught:
        render(hostile.JPEG, "a", Limits(wall_seconds=0))
    assert caught.value.code == "too_large"
    with pytest.raises(PictureRefused) as caught:
        render(hostile.JPEG, "a", Limits(file_bytes=10))
    assert caught.value.code == "too_big"


STARTS = [hostile.CORPUS[one][0] for one in ("jpeg", "png", "webp", "bmp", "pdf")]


@settings(max_examples=25, deadline=None)
@given(start=st.sampled_from(STARTS), at=st.integers(0, 2000), put=st.binary(max_size=40))
def test_spoiled_bytes_give_a_picture_or_a_refusal(start, at, put):
    at %= len(start)
    try:
        for page in render(start[:at] + put + start[at + len(put) :], "a").pages:
            clean(page)
    except PictureRefused as refused:
        assert refused.words()


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_a_refusal(content):
    try:
        assert render(content, "a").pages
    except PictureRefused as refused:
        assert refused.words()
