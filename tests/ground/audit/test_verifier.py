"""The outside verifier finds every forgery, and says yes to what was not touched."""

from __future__ import annotations

import ast
import json
import random
import shutil
import sys
from pathlib import Path

import pytest

from gonghui.ground.audit import signing
from gonghui.ground.audit.canonical import CHANGE, EVENT, FIELDS
from tests.ground.audit.forgeries import KINDS, Export, sha256, written
from tests.ground.audit.judging import TOOL, TRIES, asked, verdict, verifier
from tests.ground.audit.trails import KEY, a_city


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """An export, and its newest head kept outside."""
    folder = tmp_path_factory.mktemp("good")
    city = a_city()
    return city.export(folder / "export"), city.keep_head(folder / "head.txt")


def forged(good, folder, kind, seed):
    """A forged copy. The same seed makes the same forgery."""
    draw = random.Random(f"{kind} {seed}")
    copy = folder / f"{kind} {seed}"
    shutil.copytree(good[0], copy)
    export = Export(copy, draw, draw.randrange(4))
    KINDS[kind](export)
    return export


def test_what_was_not_touched_is_trusted(good):
    export, head = good
    code, said = asked(export, "--head", head)
    assert code == 0
    assert said.splitlines() == [
        "可信 / trusted: yes",
        "区块 / blocks: 6",
        "记录 / entries: 113",
        "链头 / heads: 5",
        "尚未封存 / not sealed yet: 3",
        "外存链头证明到第几条 / kept heads attest to entries up to: 113",
    ]
    assert asked(export / "trail.txt", "--head", head)[0] == 0  # the file alone, without files


def test_a_hash_read_off_paper_will_do(good):
    export, head = good
    kept = verifier.heads_in(str(head))[0]
    typed = " ".join(kept.hash[at : at + 8].upper() for at in range(0, 64, 8))
    assert asked(export, "--block", "6", "--hash", typed)[0] == 0
    code, said = asked(export, "--block", "5", "--hash", typed)
    assert (code, said.splitlines()[1]) == (
        1,
        "第一处 / first bad place: 第5区块，文件第75行 / block 5, line 75",
    )
    assert asked(export, "--block", "6", "--hash", "12 34")[0] == 2
    assert asked(export, "--hash", typed)[0] == 2


def test_an_earlier_head_attests_to_what_was_sealed_by_then(good, tmp_path):
    city = a_city()
    del city.heads[6]
    assert city.keep_head(tmp_path / "earlier.txt")
    code, said = asked(good[0], "--head", tmp_path / "earlier.txt")
    assert code == 0
    assert "entries up to: 96" in said


def test_without_a_kept_head_it_says_neither_yes_nor_no(good):
    code, said = asked(good[0])
    assert (code, said.splitlines()[0]) == (3, "未定 / trusted: undecided")


@pytest.mark.parametrize("kind", KINDS)
def test_every_forgery_is_found(good, tmp_path, kind):
    missed = []
    for seed in range(TRIES):
        export = forged(good, tmp_path, kind, seed)
        if not verdict(export.folder, good[1]):
            missed.append((seed, export.mending))
        shutil.rmtree(export.folder)
    assert missed == []


def test_a_forgery_is_found_by_the_program_run_alone(good, tmp_path):
    export = Export(Path(shutil.copytree(good[0], tmp_path / "copy")), random.Random(0), 0)
    place = next(at for at in export.sealed() if export.lines[at][1][1] == 41)
    export.lines[place][1][5] = 9_999
    export.write()
    code, said = asked(export.folder, "--head", good[1])
    assert (code, said.splitlines()) == (
        1,
        [
            "不可信 / trusted: no",
            "第一处 / first bad place: 第41条记录，文件第45行 / entry 41, line 45",
            "  封存后被改动 / it was changed after it was sealed",
        ],
    )


@pytest.mark.parametrize("kind", ["cut the tail", "rewrite all from some place"])
def test_control_without_the_kept_head_these_are_missed(good, tmp_path, kind):
    seen = [verdict(forged(good, tmp_path, kind, seed).path, None) for seed in range(5)]
    assert seen == [""] * 5


@pytest.mark.parametrize(
    ("mending", "found"),
    [(0, "entry 41,"), (1, "block 2,"), (2, "block 3,"), (3, "block 3,")],
)
def test_the_first_bad_place_is_as_near_as_the_forger_lets_it_be(good, tmp_path, mending, found):
    export = Export(Path(shutil.copytree(good[0], tmp_path / "copy")), random.Random(0), mending)
    place = next(at for at in export.sealed() if export.lines[at][1][1] == 41)
    export.lines[place][1][4] = "2020-01-01T00:00:00.000000Z"
    export.write()
    kept = good[1]
    if mending == 3:  # of several heads, the first that does not fit narrows it down
        heads = a_city()
        heads.heads = {3: heads.heads[3]}
        kept = heads.keep_head(tmp_path / "third.txt")
    assert verdict(export.folder, kept).partition(" / ")[2].startswith(found)


def test_a_head_of_another_city_says_so(good, tmp_path):
    other = a_city(chain="77aa", seed=2)
    said = verdict(good[0], other.keep_head(tmp_path / "theirs.txt"))
    assert "of another trail: 77aa" in said


def test_each_changed_byte_is_found(good, tmp_path):
    text = (good[0] / "trail.txt").read_bytes()
    draw = random.Random(7)
    target = tmp_path / "trail.txt"
    for _ in range(40 * TRIES):
        at = draw.randrange(len(text))
        target.write_bytes(text[:at] + bytes([text[at] ^ 1 << draw.randrange(8)]) + text[at + 1 :])
        assert verdict(target, good[1]), at


def test_each_cut_of_the_file_is_found(good, tmp_path):
    text = (good[0] / "trail.txt").read_bytes()
    draw = random.Random(8)
    target = tmp_path / "trail.txt"
    for at in (0, 1, 66, len(text) - 1, *(draw.randrange(len(text)) for _ in range(10 * TRIES))):
        target.write_bytes(text[:at])
        assert verdict(target, good[1]), at


NONSENSE = [
    b"",
    b"\n",
    b"{}\n",
    b"PK\x03\x04" + bytes(200),
    *(
        sha256(said).encode() + b" " + said + b"\n"
        for said in (
            b"null",
            b"[]",
            b'["g","gonghui audit trail"]',
            b'["g","gonghui audit trail",9,"3f0c",""]',
            b'["g","gonghui audit trail",true,"3f0c",""]',
            b'["g","gonghui audit trail"' + b"[" * 100_000,
        )
    ),
]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused_and_never_a_crash(text, good, tmp_path):
    (tmp_path / "trail.txt").write_bytes(text)
    assert verdict(tmp_path, good[1])


@pytest.mark.parametrize(
    "said",
    [
        *(b"null", b"[]", b'["b"]', b'["h"]', b'["t"]', b'["e"]', b'["e",null,1,"x"]', b'["e",5]'),
        *(b'["c",null,9,9', b'["b",' + b"[" * 9_999, b'["e",null,true,1]', b'["x"]'),
        *(b'["b","3f0c",1,[],1,0,"","","",1,1]', b'["h","3f0c",0,"md5",0,"","","","",""]'),
        b'["b","3f0c",1,"sha256",1,%d,"","%s","%s",1,1]' % (10**30, b"0" * 64, b"0" * 64),
        b'["b","3f0c",1,"sha256",1,%s,"","","",1,1]' % (b"9" * 9_999),
    ],
)
def test_a_nonsensical_line_is_refused_and_never_a_crash(said, good, tmp_path):
    begin = (good[0] / "trail.txt").read_bytes().splitlines()[0]
    line = sha256(said).encode() + b" " + said
    (tmp_path / "trail.txt").write_bytes(begin + b"\n" + line + b"\n")
    assert verdict(tmp_path, good[1])


def test_what_cannot_be_read_is_said(good, tmp_path):
    (tmp_path / "no head.txt").write_text("nothing here")
    changed = good[1].read_text("utf-8").replace("3f0c", "3f0d")
    (tmp_path / "damaged.txt").write_text(changed, "utf-8")
    assert asked(tmp_path / "missing")[0] == 2
    assert asked(good[0], "--head", tmp_path / "missing")[0] == 2
    assert asked(good[0], "--head", tmp_path / "no head.txt")[0] == 2
    assert asked(good[0], "--head", tmp_path / "damaged.txt")[0] == 2


def test_a_block_larger_than_any_is_refused(good, tmp_path):
    city = a_city()
    city.seal(1_001)
    said = verdict(city.export(tmp_path / "export"), None)
    assert said.endswith("no block has so many entries")


# SM3


@pytest.mark.parametrize(
    ("text", "hash_"),
    [  # GB/T 32905-2016, appendix A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_what_the_standard_prints(text, hash_):
    assert verifier.own_sm3(text).hex() == hash_


def test_sm3_agrees_with_the_programs_own():
    from gonghui.ground.audit.chain import DIGESTS

    draw = random.Random(3)
    for length in [*range(130), *(draw.randrange(5_000) for _ in range(20))]:
        text = draw.randbytes(length)
        assert verifier.own_sm3(text) == DIGESTS["sm3"](text)


def test_a_trail_hashed_with_sm3_is_judged_alike(tmp_path, monkeypatch):
    city = a_city(algorithm="sm3")
    export, head = city.export(tmp_path / "export"), city.keep_head(tmp_path / "head.txt")
    assert verdict(export, head) == ""
    monkeypatch.setitem(verifier.DIGESTS, "sm3", verifier.own_sm3)
    assert verdict(export, head) == ""
    copy = Export(export, random.Random(0), 0)
    copy.lines[5][1][4] = "2020-01-01T00:00:00.000000Z"
    copy.write()
    assert "entry 4," in verdict(export, head)


# the program itself


def test_it_needs_nothing_but_an_old_python():
    tree = ast.parse(TOOL.read_text("utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)
    strict_zip = [node for node in ast.walk(tree) if getattr(node, "arg", "") == "strict"]
    assert strict_zip == []  # Python 3.10


def test_the_export_is_written_as_the_page_says(good):
    """Each line is what a second writer makes of its values: no space, no needless escape."""
    for raw in (good[0] / "trail.txt").read_bytes().splitlines():
        assert written(json.loads(raw[65:])) == raw[65:]


PAGE = TOOL.parents[1] / "docs" / "reference" / "audit-export.md"


def test_the_example_of_the_page_is_judged_as_it_says(tmp_path):
    example = PAGE.read_text("utf-8").rpartition("```\n")[0].rpartition("```\n")[2]
    (tmp_path / "trail.txt").write_text(example, "utf-8")
    assert verdict(tmp_path, tmp_path / "trail.txt") == ""
    for raw in example.encode().splitlines():
        assert written(json.loads(raw[65:])) == raw[65:]
    (head,) = signing.heads_in(tmp_path / "trail.txt")
    assert signing.signature_holds(head, signing.public_pem(KEY))
    assert KEY.public_key().public_bytes_raw().hex() in PAGE.read_text("utf-8")


def test_the_page_lists_every_field_of_an_event_and_a_change():
    text = PAGE.read_text("utf-8")
    event, change = text.split("### `e`")[1].split("### `c`")
    numbered = [
        line
        for line in event.splitlines()
        if line[:3].strip("| ").isdigit() or line[2:4].strip().isdigit()
    ]
    assert len(numbered) == len(FIELDS[EVENT]) + 2
    assert change.split("### `null`")[0].count("\n| ") == len(FIELDS[CHANGE]) - 3 + 2
