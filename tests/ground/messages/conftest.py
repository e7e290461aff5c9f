from tests.message_fixtures import *  # noqa: F403  (fixtures are known by their names)
