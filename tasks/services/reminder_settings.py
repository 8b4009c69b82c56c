"""What an office sets for its plan's reminders: which are on, at which steps, who from when."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks.models import Plan
from tasks.services.editing import check_seen, locked_plan
from units.models import User
from units.services import audit

MOST_STEPS = 12
FARTHEST = 250  # working days: about a year
LONGEST_REPEAT = 250
TARGET_DAY = "03-31"
DAY = re.compile(r"\d\d-\d\d")


@dataclass(frozen=True)
class RuleSteps:
    """A rule in one plan. `tell` says from which step on the holders of a verb are told.

    Whom the rule tells first is not in `tell`: they are told at every step.
    """

    on: bool
    steps: tuple[int, ...]
    repeat: int
    tell: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the plan's row."""
        return {
            "on": self.on,
            "steps": list(self.steps),
            "repeat": self.repeat,
            "tell": dict(self.tell),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], default: "RuleSteps") -> "RuleSteps":
        """What was kept, and where nothing was the rule's own."""
        tell = kept.get("tell", {})
        return cls(
            on=bool(kept.get("on", default.on)),
            steps=tuple(kept.get("steps", default.steps)),
            repeat=int(kept.get("repeat", default.repeat)),
            tell={verb: int(tell.get(verb, step)) for verb, step in default.tell.items()},
        )


@dataclass(frozen=True)
class Entry:
    """All of a plan's rules by key, and the day of the next year by which figures shall stand."""

    rules: Mapping[str, RuleSteps]
    target_day: str

    def as_json(self) -> dict[str, Any]:
        """As it stands in the plan's row."""
        return {
            "target_day": self.target_day,
            "rules": {key: one.as_json() for key, one in self.rules.items()},
        }


@transaction.atomic
def change(
    plan: Plan, entry: Entry, *, defaults: Mapping[str, RuleSteps], seen: str, by: User
) -> Plan:
    """Set them; any office of the plan may. Only what differs from the rules' own is kept.

    Raises PermissionDenied, Stale, ValidationError (by rule).
    """
    plan = locked_plan(plan, by=by)
    check_seen(stated(plan, defaults), seen)
    check(entry, defaults)
    rules = {key: one.as_json() for key, one in entry.rules.items() if one != defaults[key]}
    kept = {"target_day": entry.target_day, "rules": rules}
    audit.save_changes(plan, {"reminder_settings": kept}, verb="plan.reminders", by=by)
    return plan


def stated(plan: Plan, defaults: Mapping[str, RuleSteps]) -> Entry:
    """The settings as they stand."""
    from_plan = plan.reminder_settings.get("rules", {})
    rules = {
        key: RuleSteps.from_json(from_plan[key], default) if key in from_plan else default
        for key, default in defaults.items()
    }
    return Entry(rules, plan.reminder_settings.get("target_day", TARGET_DAY))


def check(entry: Entry, defaults: Mapping[str, RuleSteps]) -> None:
    """Raise by rule what cannot be; names of rules that are none are refused, too."""
    errors: dict[str, str] = {}
    if not _is_day(entry.target_day):
        errors["target_day"] = _("应写作“月-日”，如 03-31，且每年都有这一天；现为“%(text)s”。") % {
            "text": entry.target_day[:10]
        }
    for key, one in entry.rules.items():
        default = defaults.get(key)
        fault = _("没有名为“%(key)s”的提醒规则。") % {"key": key[:40]}
        if default is not None:
            fault = fault_of(one, default)
        if fault:
            errors[key] = fault
    if errors:
        raise ValidationError(errors)


def _is_day(text: str) -> bool:
    """A day that each year has: 02-29 is none."""
    if not DAY.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(f"2001-{text}")
    except ValueError:
        return False
    return True


def fault_of(one: RuleSteps, default: RuleSteps) -> str:
    """What is wrong with a rule's steps, in a sentence; empty where nothing is."""
    steps = one.steps
    if not steps or len(steps) > MOST_STEPS:
        return _("请填写1至%(most)d个步骤，现为%(n)d个。") % {"most": MOST_STEPS, "n": len(steps)}
    for earlier, later in pairwise(steps):
        if later <= earlier:
            return _("步骤须由早到晚、不重复：%(later)s排在%(earlier)s之后，请调整次序。") % {
                "later": signed(later),
                "earlier": signed(earlier),
            }
    least, most = bounds(default)
    for step in steps:
        if not least <= step <= most:
            return _("步骤%(step)s超出范围：本规则应在%(least)s至%(most)s个工作日之间。") % {
                "step": signed(step),
                "least": signed(least),
                "most": signed(most),
            }
    if not 0 <= one.repeat <= LONGEST_REPEAT:
        return _("重复间隔应为0（不重复）至%(most)d个工作日，现为%(n)d。") % {
            "most": LONGEST_REPEAT,
            "n": one.repeat,
        }
    if one.repeat and not default.repeat:
        return _("本规则到期即止，不能重复：重复间隔请填0。")
    return _fault_of_tell(one, default)


def signed(step: int) -> str:
    """A step as people read it: −3, 0, +3."""
    return f"{step:+d}".replace("-", "−") if step else "0"


def bounds(default: RuleSteps) -> tuple[int, int]:
    """A rule of what is due has no step after the day, one of what is past none before it."""
    first, last = default.steps[0], default.steps[-1]
    least = -FARTHEST if first < 0 else int(first == 1)
    return least, FARTHEST if last > 0 else 0


def _fault_of_tell(one: RuleSteps, default: RuleSteps) -> str:
    if set(one.tell) != set(default.tell):
        return _("升级对象与本规则不符：应为%(verbs)s。") % {
            "verbs": "、".join(default.tell) or "—"
        }
    last = None
    for verb in default.tell:
        since = one.tell[verb]
        if since not in one.steps:
            return _("升级须从所列的某一步开始：%(since)s不在步骤之中。") % {"since": signed(since)}
        if last is not None and since < last:
            return _("升级须逐级：后一级自%(since)s起，早于前一级的%(last)s。") % {
                "since": signed(since),
                "last": signed(last),
            }
        last = since
    return ""
