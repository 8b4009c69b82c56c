"""The form of a plan's reminders: a line a rule."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.forms.plans import Seen
from tasks.models import Plan
from tasks.reminders.explain import capacity
from tasks.reminders.reminder import Reminder
from tasks.reminders.rules import BY_KEY, defaults
from tasks.services import editing
from tasks.services.reminder_settings import (
    LONGEST_REPEAT,
    Entry,
    RuleSteps,
    bounds,
    fault_of,
    signed,
    stated,
)
from tracker.lib.forms import CleanText, dress

STEP = re.compile(r"[+-]?\d{1,4}")


class Steps(CleanText):
    """Working days before (−) and after a date, as people write them: -7、-3、0、+1."""

    def prepare_value(self, value: Any) -> Any:
        """In the order in which they come."""
        return "、".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        """Whole numbers; a sentence names the first word that is none."""
        text = unicodedata.normalize("NFKC", super().clean(value)).replace("−", "-")
        words = [word for word in re.split(r"[、,;，；\s]+", text) if word]
        for word in words:
            if not STEP.fullmatch(word):
                raise forms.ValidationError(
                    _("“%(word)s”不是工作日数：请写整数，之间用顿号隔开，如 -3、-1、0。")
                    % {"word": word[:20]}
                )
        return tuple(int(word) for word in words)


@dataclass(frozen=True)
class Line:
    """A rule in the form, with its fields."""

    name: str
    first: str
    on: forms.BoundField
    steps: forms.BoundField
    repeat: forms.BoundField | None
    further: list[tuple[str, forms.BoundField]]  # who is told from there on


class RemindersForm(Seen):
    """Which rules are on in a plan, and at which steps."""

    target_day = CleanText(
        label=gettext_lazy("目标值填报截止日"),
        max_length=5,
        help_text=gettext_lazy("目标年次年的哪一天（月-日），如 03-31；届时没有监测值的提醒。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in BY_KEY.values():
            for name, field in _fields(rule):
                self.fields[name] = field
        dress(self)

    @classmethod
    def of(cls, plan: Plan, data: Any = None) -> Self:
        """The form of the settings as they stand, or as it was filled in."""
        now = stated(plan, defaults())
        initial: dict[str, Any] = {"target_day": now.target_day, "seen": editing.stamp(now)}
        for key, one in now.rules.items():
            initial |= {f"{key}-on": one.on, key: one.steps, f"{key}-repeat": one.repeat}
            initial |= {f"{key}-{verb}": step for verb, step in one.tell.items()}
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """All that is wrong at once: also of rules whose fields are right one by one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for key, rule in BY_KEY.items():
            if any(name in self.errors for name, _field in _fields(rule)):
                continue
            if fault := fault_of(self._steps(rule), rule.own_steps):
                self.add_error(key, fault)
        return data

    @property
    def entry(self) -> Entry:
        """The cleaned values."""
        rules = {key: self._steps(rule) for key, rule in BY_KEY.items()}
        return Entry(rules, self.cleaned_data["target_day"])

    def _steps(self, rule: Reminder) -> RuleSteps:
        data, key = self.cleaned_data, rule.key
        return RuleSteps(
            on=data[f"{key}-on"],
            steps=data[key],
            repeat=data.get(f"{key}-repeat", 0) or 0,
            tell={verb: data[f"{key}-{verb}"] for verb in rule.own_steps.tell},
        )

    def lines(self) -> Iterator[Line]:
        """The rules in the order of messages."""
        for key, rule in BY_KEY.items():
            yield Line(
                str(rule.name),
                capacity(rule.verbs[0]),
                self[f"{key}-on"],
                self[key],
                self[f"{key}-repeat"] if rule.repeat else None,
                [
                    (_("%(who)s自") % {"who": capacity(verb)}, self[f"{key}-{verb}"])
                    for verb in rule.own_steps.tell
                ],
            )


def _fields(rule: Reminder) -> Iterator[tuple[str, forms.Field]]:
    """The fields of a rule; a service's sentence about it stands at its steps."""
    own, name = rule.own_steps, str(rule.name)
    least, most = bounds(own)
    on = forms.BooleanField(label=_("%(rule)s：启用") % {"rule": name}, required=False)
    yield f"{rule.key}-on", on
    span = _("%(least)s至%(most)s") % {"least": signed(least), "most": signed(most)}
    steps = Steps(label=_("%(rule)s：步骤") % {"rule": name}, max_length=100, help_text=span)
    yield rule.key, steps
    if own.repeat:
        yield (
            f"{rule.key}-repeat",
            _number(
                _("%(rule)s：此后每隔") % {"rule": name},
                0,
                LONGEST_REPEAT,
                help_text=_("个工作日；0＝不再重复"),
            ),
        )
    for verb in own.tell:
        label = _("%(rule)s：通知%(who)s自") % {"rule": name, "who": capacity(verb)}
        yield f"{rule.key}-{verb}", _number(label, least, most)


def _number(label: str, least: int, most: int, *, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)
