"""Plans, tasks, responsibilities, periods, progress, indicators, reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("任务责任")
