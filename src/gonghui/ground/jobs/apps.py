"""Refuses fault points outside tests, and gives jobs to the queue's own application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "gonghui.ground.jobs"

    def ready(self) -> None:
        from gonghui.ground.jobs.faults import refuse_faults

        refuse_faults()
