"""The check of `gonghui verify` finds whatever a superuser did to the ledger with triggers off."""

from datetime import date

import pytest

JANUARY = date(2022, 1, 10)


@pytest.fixture
def lived_in(books):
    """Money, goods, a closed month."""
    books.contribution("unit_a", 500_000, on=JANUARY)
    books.contribution("unit_b", 70, on=JANUARY)
    books.post(
        ("store", "city", 500, "RADISH", 4960),
        ("suppliers", "city", 0, "RADISH", -4960),
        ("bank", "city", -500),
        on=JANUARY,
        kind="purchase",
    )
    books.close(1)
    books.contribution("unit_a", 9, on=date(2022, 2, 1))
    return books


TAMPERING = {
    "a line one fen off": (
        "update treasury_line set fen = fen + 1 where fen = 9",
        "The journal does not balance.",
    ),
    "a line taken away": (
        "delete from treasury_line where fen = 9",
        "The journal does not balance.",
    ),
    "both sides changed alike": (
        "update treasury_line set fen = fen * 2 where abs(fen) = 9",
        "The kept balance is not the sum of the lines.",
    ),
    "goods vanish": (
        "update treasury_line set quantity = 4950 where quantity = 4960",
        "The journal's goods do not balance.",
    ),
    "a line moved to another day": (
        "update treasury_line set booked_on = '2022-02-02' where abs(fen) = 9",
        "The line is of another fund, day or period than its journal.",
    ),
    "a journal moved into the closed month": (
        "update treasury_journal set period_id = (select min(id) from treasury_period)",
        "The line is of another fund, day or period than its journal.",
    ),
    "money moved to another union, sums and all": (
        "update treasury_line set union_id = (select id from directory_union where code = 'unit_b')"
        " where fen = -500000;"
        " update treasury_balance b set credit_fen = credit_fen - 500000, lines = lines - 1"
        "  from directory_union u where u.id = b.union_id and u.code = 'unit_a'"
        "   and b.credit_fen = 500000;"
        " update treasury_balance b set credit_fen = credit_fen + 500000, lines = lines + 1"
        "  from directory_union u where u.id = b.union_id and u.code = 'unit_b';"
        " delete from treasury_balance where lines = 0",
        "The closed period's trial balance is not the one it was closed with.",
    ),
    "a kept balance": (
        "update treasury_balance set debit_fen = debit_fen + 1",
        "The kept balance is not the sum of the lines.",
    ),
    "a balance taken away": (
        "delete from treasury_balance where debit_fen = 9",
        "The kept balance is not the sum of the lines.",
    ),
    "a stock": (
        "update treasury_stock set quantity = quantity - 1",
        "The kept stock is not the sum of the lines.",
    ),
    "the money at hand": (
        "update treasury_purse set held_fen = held_fen - 1",
        "The money at hand is not the sum of the lines.",
    ),
    "a mark of completeness": (
        "delete from treasury_proved",
        "The journal was never found balanced as it was posted.",
    ),
    "a closed period's trial balance": (
        "update treasury_closing set trial_balance = replace(trial_balance, '500', '400')",
        "The closed period's trial balance is not the one it was closed with.",
    ),
    "and its hash with it": (
        "update treasury_closing set trial_balance = trial_balance || 'x',"
        " sha256 = sha256(convert_to(trial_balance || 'x', 'UTF8'))",
        "The closed period's trial balance is not the one it was closed with.",
    ),
    "a closing taken back": (
        "update treasury_closing set confirmed_at = null, confirmed_by_id = null",
        "The closed period's trial balance is not the one it was closed with.",
    ),
}


def test_every_tampering_is_found(lived_in, connect, proved):
    from gonghui.verbs.treasury.queries.proofs import prove_balances

    assert proved()
    superuser = connect("superuser")
    for name, (tampering, said) in TAMPERING.items():
        superuser.execute("set local session_replication_role = replica")
        superuser.execute(tampering)
        found = list(prove_balances(superuser))
        assert said in [one.said for one in found], name
        assert found[0].place, name
        superuser.rollback()
    assert proved()


def test_it_is_one_of_the_checks(django_ready):
    from gonghui.ground.borders.checks import registered
    from gonghui.verbs.treasury.queries.proofs import prove_balances

    assert prove_balances in registered().values()


def test_keeper_asks_in_a_transaction_that_reads_only(lived_in, as_keeper):
    from gonghui.verbs.treasury.queries.proofs import prove_balances

    as_keeper.execute("set transaction isolation level repeatable read, read only")
    assert list(prove_balances(as_keeper)) == []
