"""Payment files for a bank, and the answers to them: layouts are data."""

from gonghui.adapters.bank.payouts.answers import AnswerRow, read_answer
from gonghui.adapters.bank.payouts.gateway import BankGateway, gateway_at
from gonghui.adapters.bank.payouts.layouts import Payment, known_layouts, load_layout
from gonghui.adapters.bank.payouts.writing import write_payments

__all__ = [
    "AnswerRow",
    "BankGateway",
    "Payment",
    "gateway_at",
    "known_layouts",
    "load_layout",
    "read_answer",
    "write_payments",
]
