"""What is asked of milestones before they stand: their words, their days, their order."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Milestone, Responsibility
from tasks.states import DONE_STATES, MILESTONE_BEFORE, SCHEDULE_STATES, TaskState
from tracker.lib.text import clean_text
from units.models import User

FIELDS = ("due_on", "title", "percent")
MAX_TITLE = 200
MAX_TEXT = 4000
WHOLE = 100


@dataclass(frozen=True)
class Step:
    """What is to be reached by a day."""

    due_on: datetime.date | None
    title: str
    percent: int | None


def locked_side(pk: int) -> Responsibility:
    """The side, locked: who enters its milestones waits for the other."""
    rows = Responsibility.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("task__plan", "unit", "side").get(pk=pk)


def check_editable(side: Responsibility, by: User) -> None:
    """PermissionDenied, or a sentence why the side takes no milestones any more."""
    if not policy.can(by, "milestone.edit", side):
        raise PermissionDenied
    if side.state in DONE_STATES:
        raise ValidationError(
            _("该任务%(state)s，不再填报年度节点。") % {"state": TaskState(side.state).label}
        )


def given(reason: str, missing: str) -> str:
    """The reason, cleaned; a sentence where there is none."""
    reason = clean_text(reason)[:MAX_TEXT]
    if not reason:
        raise ValidationError({"reason": missing})
    return reason


def checked(side: Responsibility, step: Step, *, but: Milestone) -> Step:
    """The step as it is stored; ValidationError by field. `but` is what it stands in place of."""
    step = replace(step, title=" ".join(clean_text(step.title).split()))
    errors: dict[str, str] = {}
    if not step.title:
        errors["title"] = _("请填写节点内容。")
    elif len(step.title) > MAX_TITLE:
        errors["title"] = _("节点内容最多%(most)d字。") % {"most": MAX_TITLE}
    if step.percent is None:
        errors["percent"] = _("请填写应达进度。")
    elif not 0 <= step.percent <= WHOLE:
        errors["percent"] = _("应达进度应在0至100之间。")
    if wrong := _wrong_day(side, step.due_on, but):
        errors["due_on"] = wrong
    if errors:
        raise ValidationError(errors)
    return step


def _wrong_day(side: Responsibility, day: datetime.date | None, but: Milestone) -> str:
    """A sentence where the day cannot be; empty where it can."""
    if day is None:
        return _("请填写节点日期。")
    starts, due = side.task.plan.starts_on, side.due_on_in_force
    if starts is not None and day < starts:
        return _("节点日期不能早于方案实施起日%(day)s。") % {"day": starts.isoformat()}
    if due is not None and day > due:
        return _("节点日期不能晚于完成时限%(day)s；需要推迟时限的，请先申请延期。") % {
            "day": due.isoformat()
        }
    # A replacement may keep its day; a draft stands beside other drafts, not on one of them.
    others = side.milestones.filter(due_on=day).exclude(pk=but.pk)
    others = others.filter(state__in=(*MILESTONE_BEFORE, *SCHEDULE_STATES))
    if others.exists():
        return _("%(day)s已有节点，同一天只能有一个。") % {"day": day.isoformat()}
    return ""


def check_order(
    side: Responsibility,
    *,
    proposed: Sequence[Milestone] = (),
    confirmed: Sequence[Milestone] = (),
) -> None:
    """Percent does not fall with time: among all that wait and stand, or once these stand."""
    rows = list(side.milestones.filter(state__in=SCHEDULE_STATES))
    if proposed:
        rows += side.milestones.filter(state=MILESTONE_BEFORE[1])
    known = {row.pk for row in rows}
    rows += [row for row in (*proposed, *confirmed) if row.pk is None or row.pk not in known]
    gone = {row.replaces_id for row in rows if row.replaces_id and row.state in MILESTONE_BEFORE}
    gone |= {row.replaces_id for row in confirmed if row.replaces_id}
    rows = sorted((row for row in rows if row.pk not in gone), key=lambda row: row.due_on)
    for earlier, later in pairwise(rows):
        if later.percent < earlier.percent:
            raise ValidationError(
                _(
                    "应达进度不能随时间下降：%(first)s为%(much)d%%，之后的%(then)s为%(less)d%%，请更正。"
                )
                % {
                    "first": earlier.due_on.isoformat(),
                    "much": earlier.percent,
                    "then": later.due_on.isoformat(),
                    "less": later.percent,
                }
            )
