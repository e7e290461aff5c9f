from tests.ledger_fixtures import books, proved

__all__ = ["books", "proved"]
