"""Jurisdictions, units and their names, people and roles, audit log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "units"
    verbose_name = _("单位与人员")

    def ready(self) -> None:
        """Tell the reckoning of working days where the uploaded lists are."""
        from tracker.lib import workdays
        from units.services.calendars import in_force

        workdays.use_lists(in_force)
