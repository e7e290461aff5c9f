import pytest


@pytest.fixture
def browser(house):
    """Browsers that check forms' tokens, as real ones are checked."""
    from django.test import Client

    return lambda: Client(
        enforce_csrf_checks=True, headers={"User-Agent": "Firefox"}, SERVER_NAME="localhost"
    )
