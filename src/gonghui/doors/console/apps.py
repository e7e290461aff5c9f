from django.apps import AppConfig

from gonghui.core.errors import N_


class ConsoleConfig(AppConfig):
    name = "gonghui.doors.console"
    label = "console"

    def ready(self) -> None:
        from gonghui.doors.console.cases import case_waits
        from gonghui.doors.console.payouts import batch_waits
        from gonghui.doors.web.rooms import Room, furnish
        from gonghui.doors.web.waits import ask_for_waits
        from gonghui.verbs.cases.permissions import CONFIRM, DECIDE, REVIEW
        from gonghui.verbs.treasury.permissions import READ

        furnish(Room(N_("Applications"), "console:cases", "/cases", (CONFIRM, REVIEW, DECIDE)))
        furnish(Room(N_("Persons"), "console:people", "/people"))
        furnish(Room(N_("Unions"), "console:unions", "/unions"))
        ask_for_waits(case_waits)
        furnish(Room(N_("Payouts"), "console:payouts", "/payouts", (READ,)))
        ask_for_waits(batch_waits)
