from tests.doors.web.conftest import browser  # noqa: F401  (a fixture)
