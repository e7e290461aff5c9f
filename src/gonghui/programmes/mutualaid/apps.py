"""Mutual aid as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig


class MutualAidConfig(AppConfig):
    name = "gonghui.programmes.mutualaid"
    label = "mutualaid"
