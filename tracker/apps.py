"""The project itself as an app: its templates, static files, commands and checks."""

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"

    def ready(self) -> None:
        from tracker import checks, guard, site_state  # noqa: F401 - the first two register checks
        from units.above import above

        above.state_of_site = site_state.figures
