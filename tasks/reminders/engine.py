"""A day's notices: what the rules say of the day's subjects, stored or only read."""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Notice, Plan, Task
from tasks.reminders import personal
from tasks.reminders.given import DatesRow, HolderRow, PlanRow, RungRow, StepRow
from tasks.reminders.reminder import Reminder, Word
from tasks.reminders.rules import RULES, URGENCY, steps_in
from tasks.reminders.statement import Query, Statement, reading
from tasks.reminders.steps import workdays_past
from tasks.services.reminder_settings import RuleSteps
from tracker.lib.workdays import add_workdays, is_known, is_workday
from units.models import Unit, User
from units.states import Role

ROLES = list(Role)
# The rules of a word read its subjects together.
WORDS: Mapping[Word, Sequence[Reminder]] = {
    word: [rule for rule in RULES if rule.subjects is word]
    for word in dict.fromkeys(rule.subjects for rule in RULES)
}


@dataclass(frozen=True)
class Planned:
    """A notice that is to be made, with the day on which its step was reached."""

    notice: Notice
    reached_on: datetime.date


@dataclass(frozen=True)
class Untold:
    """What nobody is told, and why."""

    rule: str
    unit: str
    subject: str
    due_on: datetime.date | None
    step: int | None
    reason: str


@dataclass
class DayPlan:
    """All that a day's run would do."""

    today: datetime.date
    planned: list[Planned] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    told_before: int = 0
    warnings: list[str] = field(default_factory=list)


class DayRun:
    """The rules on a day: their subjects and what they have in common are asked for once."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today

    @contextmanager
    def statement(self, *, whole: bool = False) -> Iterator[Statement]:
        """What joins the day's subjects, while they are at hand.

        `whole` reads also those of which nothing can be told yet.
        """
        subjects, rules = [], []
        for word, tell in WORDS.items():
            if whole or any(map(self._plans, tell)):
                subjects.append(_query(word, self.today, None if whole else self._until(tell)))
                rules.append(tell)
        with reading(subjects) as dates:
            yield Statement(
                [row for one in dates for row in self._steps(one, rules[one.word])],
                list(self._holders()),
                list(_rungs()),
                [PlanRow(plan.pk, plan.name) for plan in self.plans.values()],
            )

    @cached_property
    def plans(self) -> dict[int, Plan]:
        return {plan.pk: plan for plan in Plan.objects.reminding(self.today)}

    @cached_property
    def steps(self) -> dict[int, Mapping[str, RuleSteps]]:
        return {plan.pk: steps_in(plan) for plan in self.plans.values()}

    @cached_property
    def holding(self) -> dict[Role, policy.Holders]:
        """Everybody who is told on the day, by what they are."""
        verbs = {policy.HOLDING_ROLES[verb]: verb for rule in RULES for verb in rule.verbs}
        return {role: policy.holding(verb, on=self.today) for role, verb in verbs.items()}

    def _plans(self, rule: Reminder) -> list[int]:
        """Those that have the rule."""
        return [pk for pk, steps in self.steps.items() if steps[rule.key].on]

    def _until(self, rules: Sequence[Reminder]) -> datetime.date | None:
        """No later date has reached a step of any of the rules; None where one tells at once."""
        if any(rule.at_once for rule in rules):
            return None
        first = min(self.steps[pk][rule.key].steps[0] for rule in rules for pk in self._plans(rule))
        return add_workdays(self.today, max(0, -first))

    def _steps(self, dates: DatesRow, rules: Sequence[Reminder]) -> Iterator[StepRow]:
        """What the rules of a word have reached at the dates: few, however many subjects."""
        begun = self.plans[dates.plan].reminders_from
        for rule in rules:
            steps = self.steps[dates.plan][rule.key]
            if not steps.on or not rule.when(dates.due_on, dates.plans, self.today):
                continue
            reached = rule.reached(steps, dates.since, dates.due_on, self.today)
            if reached is not None:
                yield StepRow(
                    URGENCY[rule.key],
                    *dates,
                    reached.step,
                    reached.on,
                    workdays_past(dates.due_on, self.today),
                    rule.told_at(steps, reached.step),
                    begun is None or reached.on < begun,
                )

    def _holders(self) -> Iterator[HolderRow]:
        for role, holders in self.holding.items():
            for (body, part), people in holders.by_body.items():
                for person in people:
                    yield HolderRow(ROLES.index(role), body, part, person)


@lru_cache(maxsize=2 * len(WORDS))
def _query(word: Word, today: datetime.date, until: datetime.date | None) -> Query:
    """The word's subjects as the database is asked; put together once a day.

    A word rests on the day alone and asks for nothing while it is put together.
    """
    rows = word(today)
    if until is not None:
        rows = rows.filter(of_due__lte=until)
    sql, values = rows.query.sql_with_params()
    return sql, tuple(values)


def _rungs() -> Iterator[RungRow]:
    for rule in RULES:
        for rank, verb in enumerate(rule.verbs):
            role = policy.HOLDING_ROLES[verb]
            yield RungRow(
                rule.key,
                URGENCY[rule.key],
                rank,
                verb,
                ROLES.index(role),
                role == Role.COORDINATOR,
                rule.path(rank),
            )


def plan_day(today: datetime.date) -> DayPlan:
    """What is to be told today, and what is not and why. Reads a constant number of times."""
    plan = DayPlan(today, warnings=warnings_of(today))
    if not is_workday(today):
        reason = _("%(day)s是休息日，不提醒。") % {"day": today.isoformat()}
        plan.untold.append(Untold("", "", "", None, None, reason))
        return plan
    plan.untold += _switched_off(today)
    day = DayRun(today)
    with day.statement() as statement:
        new, number, silent = statement.read(), statement.number(), statement.untold()
    plan.planned = list(_planned(new, today))
    plan.told_before = number - len(new)
    own, told_before = personal.new(today)
    plan.planned += [Planned(notice, reached_on) for notice, reached_on in own]
    plan.told_before += told_before
    plan.untold += _untold(silent, day)
    return plan


def warnings_of(today: datetime.date) -> list[str]:
    """What the operator should know of the day."""
    if is_known(today.year):
        return []
    return [
        _("没有%(year)s年的节假日和调休安排，工作日暂按周一至周五计算。") % {"year": today.year}
    ]


def _switched_off(today: datetime.date) -> Iterator[Untold]:
    for plan in Plan.objects.exclude(pk__in=Plan.objects.reminding(today)):
        if plan.is_reference:
            reason = _("征求意见稿仅供参考，不提醒")
        elif not plan.tracked_from:
            reason = _("方案未启用填报")
        elif plan.reminders_from is None:
            reason = _("方案未设提醒起始日")
        else:
            reason = _("方案自%(day)s起提醒") % {"day": plan.reminders_from.isoformat()}
        yield Untold("", "", plan.name, None, None, reason)


def _planned(rows: list[tuple[Any, ...]], today: datetime.date) -> Iterator[Planned]:
    people = User.objects.in_bulk({row[4] for row in rows})
    tasks = Task.objects.in_bulk({row[5] for row in rows if row[5]})
    units = Unit.objects.in_bulk({row[6] for row in rows if row[6]})
    for rule, subject, due_on, step, person, task, unit, params, path, reached_on in rows:
        notice = Notice(
            rule=rule,
            subject=subject,
            due_on=due_on,
            step=step,
            recipient=people[person],
            task=tasks.get(task),
            unit=units.get(unit),
            made_on=today,
            path=path,
            params=json.loads(params),
        )
        yield Planned(notice, reached_on)


def _untold(found: list[tuple[Any, ...]], day: DayRun) -> Iterator[Untold]:
    tasks = Task.objects.in_bulk({row[3] for row in found if row[3]})
    for rule, unit, plan, task, what, quarter, due_on, step, is_early, *body in found:
        if is_early:
            reason = _("该步骤早于方案的提醒起始日")
        elif day.holding[Role.COORDINATOR].of(*body):
            reason = _("该单位没有填报人，已告知协调办公室")
        else:
            reason = _("该单位没有填报人，也没有协调办公室人员可告知")
        about = " ".join(filter(None, [plan, str(tasks.get(task, "")), what, quarter]))
        yield Untold(rule, unit, about, due_on, step, reason)
