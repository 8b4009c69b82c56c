"""Plans, tasks, responsibilities, periods, progress, indicators, reminders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("任务责任")

    def ready(self) -> None:
        """Tell the floor below of offices, of open work that goes over, of names on record."""
        from tasks.policy import HOLDING_ROLES
        from tasks.reminders import rules
        from tasks.services import open_work, record_parts, succession
        from units.above import above
        from units.services import log_words

        above.units_of = open_work.units_of
        above.carriers = [open_work.carry_notices]
        above.foresee = succession.foresee
        above.movers = [succession.move]
        log_words.NAMES.update(record_parts.NAMES)
        # Settings of reminders are told by rule, and whom each tells by the verb of its holders.
        log_words.NAMES.update(rules.NAMES)
        log_words.NAMES.update({verb: role.label for verb, role in HOLDING_ROLES.items()})
