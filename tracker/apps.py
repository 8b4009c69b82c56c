"""The project itself as an app: its templates, static files, commands and checks."""

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"

    def ready(self) -> None:
        from tracker import checks, guard  # noqa: F401 - they register checks
