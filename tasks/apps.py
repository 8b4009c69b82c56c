"""Plans, tasks, responsibilities, periods, progress, indicators, reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("任务责任")

    def ready(self) -> None:
        """Tell the floor below whom offices coordinate, and how open work goes over."""
        from tasks.services import open_work, succession
        from units.above import above

        above.units_of = open_work.units_of
        above.carriers = [open_work.carry_notices]
        above.foresee = succession.foresee
        above.movers = [succession.move]
