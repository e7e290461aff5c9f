"""One piece of work that was ordered, and what has become of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.core.errors import Refusal
from gonghui.ground.directory.models import Union

STATES = [
    ("waiting", "等待"),
    ("running", "进行中"),
    ("done", "完成"),
    ("failed", "失败，待人处理"),
    ("dropped", "已放弃"),
]


class Run(models.Model):
    """The truth about a job. Nobody changes it but the functions in ``run_sql``."""

    task = models.TextField()
    key = models.TextField()
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    arguments = models.JSONField()
    token = models.BinaryField()
    """The errand under which it acts, wrapped under a key outside the database."""
    state = models.TextField(choices=STATES, default="waiting")
    turn = models.BigIntegerField()
    """The order in which unions take turns: lower first."""
    fence = models.BigIntegerField(default=0)
    """Counts who has held it. Whoever holds an older number writes nothing any more."""
    lease = models.DurationField()
    lease_until = models.DateTimeField(null=True, blank=True)
    worker_id = models.BigIntegerField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    most_attempts = models.IntegerField()
    progress = models.BigIntegerField(default=0)
    last_error = models.JSONField(null=True, blank=True)
    due_at = models.DateTimeField()
    ordered_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["union", "task", "key"], name="run_ordered_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _ in STATES]), name="run_state"
            ),
            models.CheckConstraint(
                condition=Q(state="running") | Q(lease_until__isnull=True), name="run_lease"
            ),
        )
        indexes = (
            models.Index(fields=["union", "turn"], condition=Q(state="waiting"), name="run_union"),
            models.Index(fields=["turn"], condition=Q(state="waiting"), name="run_turn"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="run_held"),
            models.Index(fields=["union", "id"], condition=Q(state="failed"), name="run_failed"),
        )

    def why(self) -> Refusal | None:
        """What went wrong last, in words."""
        said = self.last_error
        return Refusal(said["what"], said["todo"], **said["values"]) if said else None
