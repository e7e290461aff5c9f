"""`gonghui edition`: two people publish, a revision goes its road, units comment."""

import json
import re

import pytest

from gonghui.doors.cli import edition
from gonghui.doors.cli import house as door_of_house
from tests.core.adjudication.conftest import KEPT
from tests.core.rulebook.books import COUNTED, book, revision, stay, written
from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.federation import SCHEME, furnish_scheme, load
from tests.programmes.mutualaid.publication.stores import store

CODE = f"{SCHEME}/2023"
RATE = "{at: benefits.hospital.rate, add: 10 points, effect: whole_period, clause: rates}"


@pytest.fixture
def office(house, gonghui, monkeypatch):
    """``office("edition", "list", who=["head", "clerk"])`` in English."""
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr(edition, "home", lambda: KEPT.parent)  # what the tests compiled before
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])  # it is open

    def run(*arguments, who="head", lang="en"):
        people = [who] if isinstance(who, str) else who
        named = [part for person in people for part in ("--as", person)]
        return gonghui(*arguments, *named, "--lang", lang)

    return run


def done(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return answer.out


def refused(answer, words):
    assert answer.code == 3, answer
    assert words in answer.err


@pytest.fixture
def scheme(house):
    return furnish_scheme(house)


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"signed and sealed")
    return path


def test_loading_takes_two_people(office, scheme, tmp_path):
    from tests.core.rulebook.books import shelf

    shelf(tmp_path, book())
    asked = ("edition", "load", SCHEME, "--shelf", tmp_path)
    refused(office(*asked), "This takes two people; you named 1.")
    refused(office(*asked, who=["head", "head"]), "you named 1.")
    refused(office(*asked, who=["head", "auditor"]), "edition.publish")
    assert "Published: 1." in done(office(*asked, who=["head", "clerk"]))
    assert re.search(rf"{CODE[:-4]}2022 +2022-01-01 … 2022-12-31 +[0-9a-f]{{12}}",
                     done(office("edition", "list")))  # fmt: skip


def test_a_secret_that_is_not_hers_lets_nobody_in(office, scheme, tmp_path, monkeypatch):
    monkeypatch.setenv("GONGHUI_SECRET", "a wrong secret")
    refused(office("edition", "list"), "do not let you in")


def write_draft(folder):
    folder.mkdir(exist_ok=True)
    (folder / "2023.yaml").write_text(written(revision(RATE, since="2022-11-15")), "utf-8")
    (folder / "2023.md").write_text("## rates 给付标准\n提高十个百分点。\n", "utf-8")
    return (folder / "2023.yaml", "--text", folder / "2023.md")


def test_a_back_dated_revision_from_its_draft_to_its_publication(
    house, office, scheme, paper, tmp_path
):
    load(house, tmp_path / "shelf", book({"valid.until": None, **COUNTED}))
    store(tmp_path / "decided", {7: [stay(1, "2022-02-01", "100")]})
    decided = ("--decided", tmp_path / "decided")

    out = done(office("edition", "draft", *write_draft(tmp_path / "draft"), who="clerk"))
    assert f"Draft 1 of {CODE}." in out
    assert "| 50% [assumed] | 60% [assumed] | +10 points | the whole current period" in out
    done(office("edition", "attach", CODE, paper, "--note", "十万元"))
    step = ("edition", "advance", CODE)
    signed = ("--evidence", paper)
    refused(office(*step, "committee", "--body", "committee", *signed), "stands before “调研测算”")
    out = done(office(*step, "study", "--body", "office", "--on", "2022-10-01", *signed))
    assert re.search(r"✓ +study .* 2022-10-01", out)
    assert re.search(r"→ +comments ", out)
    done(office("edition", "consult", CODE, "--from", "2022-10-02", "--until", "2022-10-20"))

    seen = done(office("edition", "show", CODE, who="officer_a"))
    assert "+10 points" in seen
    refused(office("edition", "comment", CODE, "fee", "高", who="officer_a"), "no clause “fee”")
    out = done(office("edition", "comment", CODE, "rates", "再高一点", who="officer_a"))
    number = re.fullmatch(r"Comment (\d+)\.\n", out)[1]
    close = (*step, "comments", "--body", "office", "--on", "2022-10-20", *signed)
    refused(office(*close), f"wait for their answers: {number}.")
    done(office("edition", "answer", number, "not_adopted", "结余不够", who="clerk"))
    out = done(office("edition", "show", CODE, who="officer_a"))
    assert "not adopted · 结余不够" in out
    done(office(*close))
    decision = ("--on", "2022-11-01", "--number", "1", *signed)
    refused(office(*step, "committee", "--body", "office", *decision), "taken by the body")
    done(office(*step, "committee", "--body", "committee", *decision))
    done(office(*step, "leading_group", "--body", "leading_group", *decision))

    issue = ("edition", "prepare", CODE, "--number", "示工发〔2022〕15号", *signed,
             "--issued-on", "2022-11-10")  # fmt: skip
    refused(office(*issue), "--decided")
    out = done(office(*issue, *decided))
    assert "Top-ups" in out
    assert "1 · 10.00" in out
    assert "7,1,hospital,5000,6000,1000" in out
    number, digest = re.search(r"publish (\d+) --digest ([0-9a-f]{64})", out).groups()
    publish = ("edition", "publish", number, "--digest", digest)
    refused(office(*publish, *decided, who="head"), "Two different people confirm")
    refused(office(*publish, who=["head", "second_clerk"]), "in another state")
    refused(office("edition", "publish", number, "--digest", "ab" * 32), "not what was prepared")
    refused(office("edition", "publish", number, "--digest", "so"), "is no digest")
    assert digest in done(office("edition", "list"))
    out = done(office(*publish, *decided, who=["head", "second_clerk"]))
    assert f"Published: {CODE}, SHA-256 " in out

    out = done(office("edition", "show", CODE, who="officer_a"))
    assert "示工发〔2022〕15号" in out
    assert re.search(r"benefits.hospital.rate +whole_period +2022-01-01", out)
    assert "示例市职工医疗互助管理委员会" in out
    out = done(office(*step, "explained", "--body", "office", "--on", "2022-11-12", *signed))
    assert "→" not in out


def test_two_people_may_confirm_on_different_days(house, office, scheme, tmp_path):
    from tests.programmes.mutualaid.services.test_editions import prepared

    waiting = prepared(house, book())
    digest = ("--digest", bytes(waiting.digest).hex())
    done(office("edition", "confirm", waiting.pk, *digest))
    done(office("edition", "publish", waiting.pk, *digest, who="second_clerk"))


def test_the_redline_speaks_the_language_of_the_office(house, office, scheme, tmp_path):
    load(house, tmp_path / "shelf")
    draft = write_draft(tmp_path / "draft")
    out = done(office("edition", "draft", *draft, lang="zh"))
    assert "10个百分点" in out


def test_what_nobody_is_under_way_with_is_refused(house, office, scheme):
    refused(office("edition", "show", CODE), "No draft of example/medical/2023")
    refused(office("edition", "advance", CODE, "study", "--body", "office"), "There is no revision")
    refused(office("edition", "list", "nowhere/medical"), "Known are: example/medical.")


def test_the_statement_is_json_anybody_can_read(house, scheme):
    from tests.programmes.mutualaid.services.test_editions import prepared

    said = json.loads(bytes(prepared(house, book()).statement))
    assert (said["format"], said["edition"]) == ("publication/1", f"{SCHEME}/2022")
