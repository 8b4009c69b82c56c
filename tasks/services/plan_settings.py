"""What an office sets for its plan: the days of later quarters, where lights and checks turn."""

from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Plan
from tasks.models.settings import FULL_SCORE, SCORES
from tasks.services.editing import check_seen, locked_plan, values_of
from units.models import User
from units.services import audit

CADENCE = ("due_day", "grace_workdays", "contribution_workdays", "redo_workdays")
BOUNDS = {
    "due_day": (1, 28),
    "grace_workdays": (0, 30),
    "contribution_workdays": (0, 20),
    "redo_workdays": (1, 30),
    "behind_points": (1, 100),
    "far_behind_points": (1, 100),
    "jump_points": (1, 100),
    "alike_percent": (50, 100),
    **dict.fromkeys(SCORES, (0, FULL_SCORE)),
}


@dataclass(frozen=True)
class PlanSettings:
    """`CADENCE` holds for quarters opened later, the thresholds at once."""

    due_day: int
    grace_workdays: int
    contribution_workdays: int
    redo_workdays: int
    soon_workdays: int
    behind_points: int
    far_behind_points: int
    jump_points: int
    alike_percent: int
    scores_on: bool
    score_filing: int
    score_pace: int
    score_done: int
    score_mending: int

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The settings as they stand."""
        return cls(**{name: getattr(plan, name) for name in cls.__dataclass_fields__})


@transaction.atomic
def change(plan: Plan, entry: PlanSettings, *, seen: str, by: User) -> Plan:
    """Set them; any office of the plan may. Raises PermissionDenied, Stale, ValidationError."""
    plan = locked_plan(plan, by=by)
    check_seen(PlanSettings.of(plan), seen)
    _check(entry)
    audit.save_changes(plan, values_of(entry), verb="plan.settings", by=by)
    return plan


def _check(entry: PlanSettings) -> None:
    errors: dict[str, str] = {}
    for name, (least, most) in BOUNDS.items():
        value = getattr(entry, name)
        if not least <= value <= most:
            words = {"least": least, "most": most, "value": value}
            errors[name] = _("应为%(least)d至%(most)d的整数，现为%(value)d。") % words
    if not errors and entry.far_behind_points < entry.behind_points:
        errors["far_behind_points"] = _("严重滞后百分点不能小于滞后百分点。")
    total = sum(getattr(entry, name) for name in SCORES)
    if not errors and total != FULL_SCORE:
        sentence = _("四项分值合计应为%(full)d，现为%(total)d。")
        errors["score_mending"] = sentence % {"full": FULL_SCORE, "total": total}
    if errors:
        raise ValidationError(errors)


def may_change(user: User, plan: Plan) -> bool:
    """Whether an office of the plan is the person's to act for."""
    return policy.can(user, "plan.edit", plan)
