from django.apps import AppConfig

from gonghui.core.errors import N_


class ConsoleConfig(AppConfig):
    name = "gonghui.doors.console"
    label = "console"

    def ready(self) -> None:
        from gonghui.doors.web.rooms import Room, furnish

        furnish(Room(N_("Persons"), "console:people", "/people"))
        furnish(Room(N_("Unions"), "console:unions", "/unions"))
