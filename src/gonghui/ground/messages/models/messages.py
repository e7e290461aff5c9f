"""One message to one person, and what was tried."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Person, PersonContact, Union

STATES = [
    ("waiting", "待发"),
    ("sending", "发送中"),
    ("sent", "已发"),
    ("unknown", "结果不明，待人处理"),
    ("failed", "失败，待人处理"),
    ("dropped", "已放弃"),
]
CHANNELS = [
    ("console", "控制台"),
    ("file", "文件"),
    ("email", "电子邮件"),
    ("sms", "短信"),
    ("wechat", "微信"),
]


class Message(models.Model):
    """What is told, by template. ``parameters`` name nobody; what does is in ``private``."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    channel = models.TextField(choices=CHANNELS)
    contact = models.ForeignKey(PersonContact, models.PROTECT, null=True, related_name="+")
    address = models.BinaryField(null=True)
    """Where it goes, if not to a contact on file; sealed under the person's key."""
    template = models.TextField()
    language = models.TextField(choices=[("zh", "中文"), ("en", "English")], default="zh")
    parameters = models.JSONField()
    private = models.BinaryField(null=True)
    """The parameters that name people, as JSON, sealed under the person's key."""
    key = models.TextField()
    state = models.TextField(choices=STATES, default="waiting")
    attempts = models.IntegerField(default=0)
    code = models.TextField(blank=True, default="")
    """The last outcome in the gateway's word, or ours."""
    reference = models.TextField(blank=True, default="")
    """The gateway's number for what it took."""
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["union", "key"], name="message_told_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _ in STATES]), name="message_state"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[channel for channel, _ in CHANNELS]),
                name="message_channel",
            ),
        )
        indexes = (
            models.Index(fields=["person", "id"], name="message_person"),
            models.Index(
                fields=["union", "id"],
                condition=Q(state__in=["failed", "unknown"]),
                name="message_undelivered",
            ),
        )


class Attempt(models.Model):
    """Written before the call; completed after it. One without an end is all that is known."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="tried")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    number = models.IntegerField()
    run_id = models.BigIntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(
        blank=True,
        default="",
        choices=[(kind, kind) for kind in ("sent", "retryable", "permanent", "unknown")],
    )
    code = models.TextField(blank=True, default="")
    reference = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["message", "number"], name="attempt_number"),
        )
