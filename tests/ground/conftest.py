from tests.vault_fixtures import guardian, keys  # noqa: F401  (fixtures are known by their names)
