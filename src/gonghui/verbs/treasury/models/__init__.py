"""Nouns of the ledger, with their constraints."""

from gonghui.verbs.treasury.models.balances import Balance, Purse, Stock
from gonghui.verbs.treasury.models.funds import Account, AccountKind, Fund, Item
from gonghui.verbs.treasury.models.holds import PayoutHold
from gonghui.verbs.treasury.models.journals import Journal, Line, Proved
from gonghui.verbs.treasury.models.payouts import (
    BankAnswer,
    BankAnswerRow,
    BankBalance,
    PayoutAttempt,
    PayoutBatch,
    PayoutLine,
)
from gonghui.verbs.treasury.models.periods import Closing, Period

__all__ = [
    "Account",
    "AccountKind",
    "Balance",
    "BankAnswer",
    "BankAnswerRow",
    "BankBalance",
    "Closing",
    "Fund",
    "Item",
    "Journal",
    "Line",
    "PayoutAttempt",
    "PayoutBatch",
    "PayoutHold",
    "PayoutLine",
    "Period",
    "Proved",
    "Purse",
    "Stock",
]
