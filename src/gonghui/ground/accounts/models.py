"""Accounts and sessions. ``web`` reaches both through definer functions only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Person, Union


class Account(models.Model):
    """One way for a person to sign in; somebody with two accounts is still one person."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    login = models.TextField(unique=True)
    salt = models.BinaryField()
    verifier = models.BinaryField()
    wrong = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(login=""), name="account_login_not_empty"),
        )


class Session(models.Model):
    """An open session, or an errand: what a job does later for whoever ordered it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="sessions")
    token_hash = models.BinaryField(unique=True)
    kind = models.TextField(choices=[("session", "登录"), ("errand", "后台任务")])
    union = models.ForeignKey(Union, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
