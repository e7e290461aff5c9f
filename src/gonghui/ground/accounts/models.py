"""Accounts, sessions, second factors. ``web`` reaches them through definer functions only."""

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
    seen_at = models.DateTimeField(null=True, blank=True)
    """When a page was last asked for; None for sessions of commands."""
    second_at = models.DateTimeField(null=True, blank=True)
    """When the second factor was last given."""
    browser = models.TextField(blank=True, db_default="")


class SecondFactor(models.Model):
    """What an account's one-time codes are reckoned from, under its person's key."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="second_factor")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    cipher = models.BinaryField()
    last_step = models.BigIntegerField()
    """The half-minute since 1970 of the last code that served; none serves twice."""
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)


class Address(models.Model):
    """Where wrong secrets come from, as a keyed hash; known browsers there are not held up."""

    digest = models.BinaryField(unique=True)
    wrong = models.IntegerField()
    since = models.DateTimeField()
