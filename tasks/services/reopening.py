"""What becomes of a side whose 办结 is revoked at an inspector's proposal."""

import datetime

from django.utils.translation import gettext as _

from tasks.models import Ending, Responsibility
from tasks.services import endings, notices
from tasks.states import TASK_MOVES, EndingState, TaskState
from tracker.lib.states import check_move
from units.models import User
from units.services import audit


def reopen(duty: Responsibility, *, by: User, now: datetime.datetime) -> None:
    """Revoke the ending in force; called within the transaction of the office's answer.

    Why it is revoked is told to more people than may know of the finding: what the office says
    of that stands in the finding alone.
    """
    reason = _("经协调办公室复核，撤销办结。")
    rows = Ending.objects.filter(responsibility=duty, state=EndingState.ACCEPTED)
    ending = rows.order_by("decided_at", "pk").last()
    if ending is not None:
        endings.revoke(ending, reason=reason, by=by, now=now)
    else:
        _take_up(duty, reason=reason, by=by, now=now)


def _take_up(duty: Responsibility, *, reason: str, by: User, now: datetime.datetime) -> None:
    """A side that had ended before endings were kept."""
    side = Responsibility.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    old = TaskState(side.state)
    check_move(TASK_MOVES, old, TaskState.IN_PROGRESS)
    side.state, side.state_since = TaskState.IN_PROGRESS, now.date()
    side.save(update_fields=["state", "state_since"])
    before, after = {"state": old}, {"state": side.state}
    audit.record("task.move", side, by=by, reason=reason, before=before, after=after)
    notices.settle([notices.task_subject(side.pk)], still_due=side.due_on_in_force)
