from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gonghui.doors.web"
    label = "web"
