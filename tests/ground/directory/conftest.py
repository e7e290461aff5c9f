from tests.vault_fixtures import guardian, keys

__all__ = ["guardian", "keys"]
