"""Papers are kept once, sealed, and shown as pixels with an event before each showing."""

import io

import pytest
from PIL import Image

from gonghui.core.errors import Refusal


def photo(colour="red"):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (35.0, 13.0, 0.0)}  # where it was taken
    exif[0x010F] = "MAKER-OF-THE-PHONE"
    written = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()


def by(house, who):
    """Workers come without a post, for themselves."""
    from gonghui.verbs.cases.herself import Herself

    actor = getattr(house, who)
    return Herself(actor.token) if who.startswith("worker") else actor


@pytest.fixture
def keep(house, keys):
    from gonghui.ground.documents.services.documents import keep_document

    def kept(who="officer_a", content=None, person="worker_a", union="unit_a", kind="bill"):
        person_id = person and house.person[person]
        content = photo() if content is None else content
        return keep_document(
            by(house, who), content, "a.jpg", kind=kind,
            person_id=person_id, union_id=house.union[union],
        )  # fmt: skip

    return kept


@pytest.fixture
def shown(house):
    from gonghui.ground.documents.services.documents import rendition

    def show(who, kept, page=1, purpose="checking the bill"):
        return rendition(by(house, who), kept.document_id, page, purpose=purpose)

    return show


def test_what_is_shown_holds_no_place_and_no_maker(keep, shown):
    assert b"MAKER-OF-THE-PHONE" in photo()  # control
    jpeg = shown("officer_a", keep())
    assert b"MAKER-OF-THE-PHONE" not in jpeg
    assert not Image.open(io.BytesIO(jpeg)).getexif()


def test_the_same_paper_is_kept_once(keep):
    first = keep()
    assert keep() == first == keep("chair_a")
    assert keep(kind="discharge").document_id != first.document_id
    assert keep(content=photo("blue")).document_id != first.document_id


def test_worker_keeps_and_sees_her_own_paper(keep, shown):
    assert shown("worker_a", keep("worker_a"))
    with pytest.raises(Refusal):
        keep("worker_a", person="worker_b", union="unit_b")
    with pytest.raises(Refusal):
        keep("worker_a", person=None)


@pytest.mark.parametrize("who", ["clerk", "county_clerk_a", "auditor", "worker_a", "officer_a"])
def test_who_reads_cases_the_person_and_who_brought_it_see_it(keep, shown, who):
    assert shown(who, keep())


@pytest.mark.parametrize("who", ["officer_b", "county_clerk_b", "worker_b", "chair_a", "cashier"])
def test_nobody_else_does(keep, shown, who):
    with pytest.raises(Refusal, match="no such document"):
        shown(who, keep())


@pytest.mark.parametrize("who", ["officer_b", "auditor", "worker_b", "cashier"])
def test_nobody_keeps_papers_where_no_post_allows_it(keep, who):
    with pytest.raises(Refusal):
        keep(who)


def test_a_paper_of_the_union_needs_no_person(keep, shown):
    assert shown("clerk", keep("clerk", person=None, union="city", kind="minute"))


def test_each_showing_is_on_record_and_needs_a_purpose(keep, shown, connect, house):
    kept = keep()
    with pytest.raises(Refusal, match="What for is missing"):
        shown("clerk", kept, purpose=" ")
    shown("clerk", kept)
    rows = connect("superuser").execute(
        "select person_seen, purpose from audit_event where action = 'document.revealed'"
    )
    assert rows.fetchall() == [(house.person["worker_a"], "checking the bill")]


def test_nothing_stands_open_in_the_database(keep, connect):
    content = photo()
    kept = keep(content=content)
    row = connect("superuser").execute(
        "select d.original, p.sealed from documents_document d join documents_page p"
        " on p.document_id = d.id where d.id = %s",
        [kept.document_id],
    ).fetchone()  # fmt: skip
    assert content not in row[0]
    assert not any(b"JFIF" in one or one[:3] == b"\xff\xd8\xff" for one in row)


def test_with_her_key_her_papers_are_gone(keep, shown, connect):
    kept = keep()
    assert shown("clerk", kept)  # control
    superuser = connect("superuser", autocommit=True)
    superuser.execute("update vault_datakey set wrapped = null, destroyed_at = now()")
    with pytest.raises(Refusal, match="destroyed"):
        shown("clerk", kept)


def test_web_writes_no_document_past_the_gate(house, sql_as_web):
    import psycopg

    web = sql_as_web(house.clerk)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("insert into documents_page (document_id, number, sealed) values (1, 1, '')")
