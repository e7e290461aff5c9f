"""The office with an outbox: people with contacts, and a folder for what is written to files."""

from datetime import date

import pytest

from tests.job_fixtures import keys, office

__all__ = ["keys", "office", "outbox"]

PHONE = "13800138000"


class Outbox:
    """What is told, and what became of it."""

    def __init__(self, office, folder):
        self.office, self.folder = office, folder

    def notice(self, key, **changed):
        from gonghui.ground.messages.services.telling import Notice

        said = {
            "person_id": self.office.person["worker_a"],
            "template": "cover-started",
            "parameters": {
                "name": "王建国",
                "starts_on": date(2026, 3, 1),
                "ends_on": date(2027, 3, 1),
            },
            "key": key,
            "channel": "file",
        }
        return Notice(**(said | changed))

    def tell(self, *keys, actor=None, **changed):
        from gonghui.ground.messages.services.telling import tell

        return tell(actor or self.office.officer_a, [self.notice(key, **changed) for key in keys])

    def deliver(self):
        from gonghui.ground.jobs.services.running import run_until_empty

        run_until_empty()

    def at_once(self):
        """What waits for another attempt is due now."""
        self.office.superuser.execute("update jobs_run set due_at = now() where state = 'waiting'")
        self.office.superuser.execute(
            "update procrastinate_jobs set scheduled_at = now() where scheduled_at is not null"
        )

    def rows(self, columns="state, code, attempts"):
        return self.office.superuser.execute(
            f"select {columns} from messages_message order by id"
        ).fetchall()

    def attempts(self):
        return self.office.superuser.execute(
            "select number, outcome, code from messages_attempt order by message_id, number"
        ).fetchall()

    def files(self):
        return [path.read_text("utf-8") for path in sorted(self.folder.glob("*.txt"))]


@pytest.fixture
def outbox(office, tmp_path, monkeypatch):
    folder = tmp_path / "outbox"
    monkeypatch.setenv("GONGHUI_OUTBOX", str(folder))
    return Outbox(office, folder)
