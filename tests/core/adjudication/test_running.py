"""One person's account: events in any order, differences out; and what cannot be is refused."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.core.adjudication.differences import transfer
from gonghui.core.adjudication.history import Settlement
from gonghui.core.adjudication.running import Reversal, Running
from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import FIELDS, MAX_AMOUNT_FEN, NONE
from tests.core.rulebook.books import COUNTED, edition, fold, stay

WHOLE = {"benefits.hospital.rate": "100%"}
TWICE = COUNTED | WHOLE
BEST = TWICE | {"answers.claims": "automatic", "answers.slot_choice": "best_for_worker"}
FOLDS = {
    reversal: fold(edition(TWICE | {"answers.reversal": reversal}))
    for reversal in ("slot_kept", "slot_freed", "slot_freed_and_refused_reopened")
}
MARCH = parse_day("2022-03-31")


def running(changes=None) -> Running:
    return Running(fold(edition(changes or TWICE)))


def changed(found) -> list[tuple[int, int, int]]:
    """Settlement, yuan before, yuan now."""
    return [(one.settlement, one.before_fen // 100, one.now_fen // 100) for one in found]


def standing(account: Running) -> dict[int, int]:
    """Yuan by settlement, of those that get any."""
    return {number: fen // 100 for (number, _), fen in account.decided.items() if fen}


def total(account: Running) -> int:
    return sum(account.decided.values()) // 100


# Late, reversed, repeated


def test_a_late_earlier_event_takes_the_use_of_a_later_one():
    account = running()
    assert changed(account.receive([stay(1, "2022-02-01", "100")])) == [(1, 0, 100)]
    assert changed(account.receive([stay(2, "2022-03-01", "200")])) == [(2, 0, 200)]
    assert account.refolded == 0
    late = account.receive([stay(3, "2022-01-15", "900")])
    assert sorted(changed(late)) == [(2, 200, 0), (3, 0, 900)]
    assert total(account) == 1_000
    assert account.refolded == 1
    assert transfer(late, "offset").pay_fen == 70_000


@pytest.mark.parametrize("order", [*permutations([1, 2, 3])])
def test_the_order_of_arrival_is_nothing_to_the_outcome(order):
    stays = {
        1: stay(1, "2022-02-01", "100"),
        2: stay(2, "2022-03-01", "200"),
        3: stay(3, "2022-01-15", "900"),
    }
    account = running()
    for number in order:
        account.receive([stays[number]])
    assert standing(account) == {1: 100, 3: 900}


def test_while_events_come_in_their_order_nothing_is_folded_again():
    account = running()
    for number in range(1, 13):
        account.receive([stay(number, f"2022-{number:02}-01", "100")])
    account.receive([stay(13, "2022-12-02"), stay(14, "2022-12-02"), stay(15, "2022-12-31")])
    account.receive([])
    account.receive([stay(3, "2022-03-01", "100")])
    assert account.refolded == 0
    assert total(account) == 200
    account.receive([stay(16, "2022-12-30")])
    assert account.refolded == 1


def test_a_batch_may_come_in_any_order_inside():
    account = running()
    account.receive([stay(2, "2022-03-01", "200"), stay(3, "2022-04-01"), stay(1, "2022-02-01")])
    assert account.refolded == 0
    assert standing(account) == {1: 1_000, 2: 200}


def test_a_reversal_gives_its_use_to_a_stay_that_was_refused():
    account = running()
    account.receive([stay(1, "2022-01-01"), stay(2, "2022-02-01"), stay(3, "2022-03-01", "300")])
    assert changed(account.receive([Reversal(1, MARCH)])) == [(1, 1_000, 0), (3, 0, 300)]
    assert account.refolded == 1


def test_a_reversal_may_come_before_what_it_reverses():
    account = running()
    assert account.receive([Reversal(1, MARCH)]) == []
    assert account.receive([stay(1, "2022-01-01")]) == []
    assert changed(account.receive([stay(2, "2022-02-01")])) == [(2, 0, 1_000)]
    assert account.refolded == 0
    (reversed_,) = account.decisions[1]
    assert reversed_.reason.name == "REVERSED"


def test_a_settlement_sent_again_as_reversed_is_a_reversal():
    account = running()
    account.receive([stay(1, "2022-01-01"), stay(2, "2022-02-01")])
    again = stay(1, "2022-01-01", reversed_on="2022-03-31")
    assert changed(account.receive([again])) == [(1, 1_000, 0)]
    assert account.receive([again, Reversal(1, MARCH)]) == []
    assert account.receive([stay(1, "2022-01-01")]) == []
    assert total(account) == 1_000


def test_a_settlement_and_its_reversal_may_come_together():
    together = [stay(1, "2022-01-01"), Reversal(1, MARCH), stay(2, "2022-02-01")]
    for order in permutations(together):
        account = running()
        account.receive(order)
        assert total(account) == 1_000


@pytest.mark.parametrize("overpayment", ["offset", "demand", "waive"])
def test_a_repeated_event_changes_nothing(overpayment):
    account = running(TWICE | {"answers.overpayment": overpayment})
    events = [
        stay(1, "2022-01-01"),
        stay(2, "2022-02-01"),
        Reversal(1, MARCH),
        stay(3, "2022-01-15"),
    ]
    for event in events:
        account.receive([event])
    for event in events * 2:
        assert account.receive([event]) == []
    assert account.receive(events) == []
    assert account.receive([]) == []


def test_what_was_waived_is_not_taken_back_and_told_once():
    account = running(TWICE | {"answers.overpayment": "waive"})
    account.receive([stay(1, "2022-02-01", "100"), stay(2, "2022-03-01", "200")])
    late = account.receive([stay(3, "2022-01-15", "900")])
    assert sorted(changed(late)) == [(2, 200, 0), (3, 0, 900)]
    assert transfer(late, "waive").waived_fen == 20_000
    assert total(account) == 1_200
    assert changed(account.receive([stay(4, "2023-02-01")])) == [(4, 0, 1_000)]


def test_for_what_is_best_every_event_asks_for_the_whole_history():
    account = running(BEST)
    assert account.receive([]) == []
    assert account.receive([Reversal(9, MARCH)]) == []
    for number, amount in enumerate(["100", "200", "900"], 1):
        account.receive([stay(number, f"2022-0{number}-01", amount)])
    assert standing(account) == {2: 200, 3: 900}


# Any history, in any order of arrival

AMOUNTS = st.sampled_from(["100", "200", "900", "0"])
DAYS = st.sampled_from(["2022-01-15", "2022-02-01", "2022-02-02", "2022-12-31", "2023-01-01"])
STAYS = st.lists(st.tuples(DAYS, AMOUNTS, st.sampled_from([None, 5, 40])), min_size=1, max_size=6)


@settings(max_examples=150)
@given(st.sampled_from(sorted(FOLDS)), STAYS, st.randoms(use_true_random=False))
def test_any_arrival_ends_where_the_replay_of_the_whole_history_does(reversal, drawn, random):
    history, events = [], []
    for number, (day, amount, after) in enumerate(drawn, 1):
        settlement = stay(number, day, amount, received_on=day)
        events.append(settlement)
        if after is None:
            history.append(settlement)
        else:
            on = parse_day(day) + after
            history.append(settlement.with_facts(reversed_on=on))
            events.append(Reversal(number, on))
    events += random.sample(events, random.randint(0, len(events)))
    random.shuffle(events)
    account = Running(FOLDS[reversal])
    paid = owed = 0
    while events:
        batch = [events.pop() for _ in range(min(len(events), random.randint(1, 3)))]
        moved = transfer(account.receive(batch), "offset", owed)
        paid, owed = paid + moved.pay_fen, moved.owed_fen
    replay = {(row.settlement, row.kind): row.amount_fen for row in FOLDS[reversal].fold(history)}
    assert {key: fen for key, fen in account.decided.items() if fen} == {
        key: fen for key, fen in replay.items() if fen
    }
    assert paid - owed == sum(replay.values())


# What is refused, and leaves everything as it was


def unchanged_by(account: Running, *events) -> Refusal:
    before = (dict(account.decided), dict(account.history), dict(account.decisions))
    with pytest.raises(Refusal) as caught:
        account.receive(events)
    assert (account.decided, account.history, account.decisions) == before
    assert "{" not in caught.value.words()
    return caught.value


def test_the_same_number_with_other_content_is_refused():
    account = running()
    account.receive([stay(1, "2022-02-01", "100")])
    other = unchanged_by(account, stay(2, "2022-01-01"), stay(1, "2022-02-01", "101"))
    assert "Settlement 1 came twice with different content" in other.words()
    assert changed(account.receive([stay(2, "2022-03-01")])) == [(2, 0, 1_000)]


def test_one_refused_event_keeps_out_those_it_came_with_until_they_come_again():
    account = running()
    bad = stay(2, "2022-02-01").with_facts(personal_total=-1)
    unchanged_by(account, stay(1, "2022-01-01"), bad)
    unchanged_by(account, Reversal(7, MARCH), bad)
    assert changed(account.receive([stay(1, "2022-01-01")])) == [(1, 0, 1_000)]
    assert changed(account.receive([stay(7, "2022-01-02")])) == [(7, 0, 1_000)]


def test_two_reversals_on_different_days_are_refused_whichever_comes_first():
    known = running()
    known.receive([stay(1, "2022-01-01"), Reversal(1, MARCH)])
    waiting = running()
    waiting.receive([Reversal(1, MARCH)])
    for account in (known, waiting):
        refusal = unchanged_by(account, Reversal(1, MARCH + 1))
        assert "reversed twice, on different days" in refusal.words()
        assert account.receive([Reversal(1, MARCH)]) == []
    conflicting = stay(1, "2022-01-01", reversed_on="2022-03-30")
    assert "on different days" in unchanged_by(waiting, conflicting).words()


@pytest.mark.parametrize("on", [10**18, -(10**18), NONE - 1, parse_day("2100-01-01")])
def test_a_reversal_on_an_impossible_day_is_refused(on):
    account = running()
    account.receive([stay(1, "2022-01-01")])
    assert "possible are" in unchanged_by(account, Reversal(1, on)).words()
    assert "possible are" in unchanged_by(account, Reversal(2, on)).words()


IMPOSSIBLE = [
    ("personal_total", -1),
    ("personal_total", MAX_AMOUNT_FEN + 1),
    ("personal_total", 10**18),
    ("personal_total", -(10**18)),
    ("personal_total", 1 << 63),
    ("personal_total", 1 << 64),
    ("personal_total", float("nan")),
    ("settled_on", 10**18),
    ("settled_on", -2_000_000),
    ("settled_on", parse_day("2100-01-01")),
    ("settled_on", parse_day("1899-12-31")),
    ("hospital_level", 4),
    ("hospital_level", -1),
    ("event_kind", 0),
    ("event_kind", 99),
    ("disease", 21),
    ("days", -1),
    ("days", 32_768),
    ("designated", 2),
    ("designated", -1),
]


@pytest.mark.parametrize(("fact", "value"), IMPOSSIBLE)
def test_a_fact_that_cannot_be_is_refused_and_never_wrapped(fact, value):
    settlement = stay(1).with_facts(**{fact: value})
    refusal = unchanged_by(running(), settlement)
    assert refusal.field == fact
    assert refusal.words().startswith(f"{fact}: Settlement 1 has the value {value}; possible are ")
    with pytest.raises(Refusal, match="possible are"):
        FOLDS["slot_kept"].fold([settlement])


def test_a_fact_nobody_knows_is_refused():
    refusal = unchanged_by(running(), Settlement(1, {"weather": 1}))
    assert "There is no fact “weather”" in refusal.words()


def test_every_fact_takes_its_extremes_and_nothing_beyond():
    ordinary = edition({"benefits.hospital.shares": "ignore"})
    account = fold(ordinary)
    for name, field in FIELDS.items():
        low, high = {
            "fen": (0, MAX_AMOUNT_FEN),
            "day": (parse_day("1900-01-01"), parse_day("2099-12-31")),
            "flag": (0, 1),
            "number": (0, 32_767),
        }.get(field.unit) or (
            min(code for code, _ in field.vocabulary.words.values()),
            max(code for code, _ in field.vocabulary.words.values()),
        )
        for value in (low, high):
            account.fold([stay(1).with_facts(**{name: value})])
        for value in (low - 1, high + 1):
            with pytest.raises(Refusal, match="possible are"):
                account.fold([stay(1).with_facts(**{name: value})])


def test_a_missing_deciding_date_is_told_and_not_guessed():
    account = running()
    assert account.receive([stay(1).with_facts(settled_on=NONE)]) == []
    (decision,) = account.decisions[1]
    assert (decision.reason.name, decision.kind, decision.amount_fen) == ("DATE_MISSING", "", 0)
