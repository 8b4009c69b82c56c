"""A plan, a duty in it, and where one side of a task stands."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("征求意见稿")
    ISSUED = "issued", _("已印发")


class Role(models.TextChoices):
    LEAD = "lead", _("牵头")
    COOPERATING = "cooperating", _("配合")


class TaskState(models.TextChoices):
    """Where one side of a task stands; held by its lead responsibility."""

    NOT_STARTED = "not_started", _("未启动")
    IN_PROGRESS = "in_progress", _("推进中")
    COMPLETED = "completed", _("已办结")
    CLOSED = "closed", _("已销号")
    STANDING = "standing", _("长期坚持")
    CARRIED = "carried", _("结转")
    SUSPENDED = "suspended", _("中止")

    @property
    def is_ended(self) -> bool:
        """Nothing is due any more."""
        return self in ENDED_STATES


ENDED_STATES = (
    TaskState.CLOSED,
    TaskState.STANDING,
    TaskState.CARRIED,
    TaskState.SUSPENDED,
)
# States in which the date no longer makes a side late: ended, or handed in for checking.
DONE_STATES = (*ENDED_STATES, TaskState.COMPLETED)

TASK_MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    TaskState.NOT_STARTED: frozenset(
        {TaskState.IN_PROGRESS, TaskState.STANDING, TaskState.CARRIED, TaskState.SUSPENDED}
    ),
    TaskState.IN_PROGRESS: frozenset(
        {TaskState.COMPLETED, TaskState.STANDING, TaskState.CARRIED, TaskState.SUSPENDED}
    ),
    TaskState.COMPLETED: frozenset({TaskState.CLOSED, TaskState.IN_PROGRESS}),
    TaskState.CLOSED: frozenset({TaskState.IN_PROGRESS}),
    TaskState.STANDING: frozenset({TaskState.IN_PROGRESS}),
    TaskState.CARRIED: frozenset({TaskState.IN_PROGRESS}),
    TaskState.SUSPENDED: frozenset({TaskState.IN_PROGRESS}),
}
