"""How a side of a task ends, and what is said of it at the last."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.states.plans import TaskState


class EndingKind(models.TextChoices):
    """How one side of a task ends."""

    COMPLETED = "completed", _("办结")
    STANDING = "standing", _("长期坚持")
    CARRIED = "carried", _("结转")
    SUSPENDED = "suspended", _("中止")


# Where an accepted ending leads; a claim of 办结 alone changes the state at once, to COMPLETED.
STATE_OF_ENDING: Mapping[EndingKind, TaskState] = {
    EndingKind.COMPLETED: TaskState.CLOSED,
    EndingKind.STANDING: TaskState.STANDING,
    EndingKind.CARRIED: TaskState.CARRIED,
    EndingKind.SUSPENDED: TaskState.SUSPENDED,
}


class EndingState(models.TextChoices):
    CLAIMED = "claimed", _("待核定")
    ACCEPTED = "accepted", _("已核定")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")
    REVOKED = "revoked", _("已撤销")


ENDING_MOVES: Mapping[EndingState, frozenset[EndingState]] = {
    EndingState.CLAIMED: frozenset(
        {EndingState.ACCEPTED, EndingState.REFUSED, EndingState.WITHDRAWN}
    ),
    EndingState.ACCEPTED: frozenset({EndingState.REVOKED}),
    EndingState.REFUSED: frozenset(),
    EndingState.WITHDRAWN: frozenset(),
    EndingState.REVOKED: frozenset(),
}


class Outcome(models.TextChoices):
    """终期评估: what became of one side of a task."""

    REACHED = "reached", _("完成")
    PARTLY = "partly", _("部分完成")
    NOT = "not", _("未完成")
