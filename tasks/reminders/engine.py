"""A day's notices: what the rules say of the day's subjects, stored or only read."""

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Notice, Plan, Task
from tasks.reminders import personal
from tasks.reminders.day import Rows
from tasks.reminders.reminder import Reminder
from tasks.reminders.rules import RULES, steps_in
from tasks.reminders.statement import HolderRow, Statement, StepRow, Tables
from tasks.reminders.steps import workdays_past
from tasks.services.reminder_settings import RuleSteps
from tracker.lib.workdays import add_workdays, is_known, is_workday
from units.models import Unit, User


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
    """The rules on a day: what they have in common is asked for once."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self._holders: dict[str, policy.Holders] = {}

    def statements(self) -> Iterator[Statement]:
        """One for each rule that has anything to tell, the most urgent first."""
        for rule in RULES:
            plans = [pk for pk, steps in self.steps.items() if steps[rule.key].on]
            if not plans:
                continue
            subjects = rule.subjects(self.today)
            if not rule.at_once:
                first = min(self.steps[pk][rule.key].steps[0] for pk in plans)
                subjects = subjects.filter(of_due__lte=self._farthest(first))
            if len(plans) < len(self.plans):
                subjects = subjects.filter(of_plan__in=plans)
            steps = list(self._steps(rule, subjects))
            if steps:
                tables = Tables(
                    steps,
                    list(self._held(rule)),
                    [(rank, verb, rule.path(rank)) for rank, verb in enumerate(rule.verbs)],
                    self.units,
                    [(plan.pk, plan.name) for plan in self.plans.values()],
                    self.holders(rule.verbs[0]).of_offices,
                )
                yield Statement(rule.key, subjects, tables)

    @cached_property
    def plans(self) -> dict[int, Plan]:
        return {plan.pk: plan for plan in Plan.objects.reminding(self.today)}

    @cached_property
    def steps(self) -> dict[int, Mapping[str, RuleSteps]]:
        return {plan.pk: steps_in(plan) for plan in self.plans.values()}

    @cached_property
    def units(self) -> list[tuple[int, str, bool]]:
        rows = Unit.objects.order_by("pk").only("name", "kind")
        return [(unit.pk, unit.name, unit.is_central) for unit in rows]

    def holders(self, verb: str) -> policy.Holders:
        """Everybody who is told for the verb on the day."""
        if verb not in self._holders:
            self._holders[verb] = policy.holding(verb, on=self.today)
        return self._holders[verb]

    def _steps(self, rule: Reminder, subjects: Rows) -> Iterator[StepRow]:
        """The steps of the dates that the subjects have: few dates, however many subjects."""
        since = "of_since" if rule.at_once else "of_due"
        dates = subjects.values_list("of_plan", "of_due", since).distinct()
        for plan, due_on, since in dates:
            steps = self.steps[plan][rule.key]
            reached = rule.reached(steps, since, due_on, self.today)
            if reached is None:
                continue
            begun = self.plans[plan].reminders_from
            yield StepRow(
                plan,
                due_on,
                since,
                reached.step,
                reached.on,
                workdays_past(due_on, self.today),
                rule.told_at(steps, reached.step),
                begun is None or reached.on < begun,
            )

    def _farthest(self, step: int) -> datetime.date:
        """No date after it has reached the step."""
        return add_workdays(self.today, max(0, -step))

    def _held(self, rule: Reminder) -> Iterator[HolderRow]:
        for rank, verb in enumerate(rule.verbs):
            holders = self.holders(verb)
            for (body, part), people in holders.by_body.items():
                for place, person in enumerate(people):
                    yield HolderRow(rank, holders.of_offices, body, part, person.pk, place)


def plan_day(today: datetime.date) -> DayPlan:
    """What is to be told today, and what is not and why. Reads a constant number of times."""
    plan = DayPlan(today, warnings=warnings_of(today))
    if not is_workday(today):
        reason = _("%(day)s是休息日，不提醒。") % {"day": today.isoformat()}
        plan.untold.append(Untold("", "", "", None, None, reason))
        return plan
    plan.untold += _switched_off(today)
    day = DayRun(today)
    new, silent, number = [], [], 0
    for statement in day.statements():
        new += statement.read()
        number += statement.number()
        silent += [(statement.rule, row) for row in statement.untold()]
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


def _untold(found: list[tuple[str, tuple[Any, ...]]], day: DayRun) -> Iterator[Untold]:
    tasks = Task.objects.in_bulk({row[2] for _rule, row in found if row[2]})
    for rule, row in found:
        unit, plan, task, what, quarter, due_on, step, is_early, *body = row
        offices = day.holders("report.review").of(*body)
        if is_early:
            reason = _("该步骤早于方案的提醒起始日")
        elif offices:
            reason = _("该单位没有填报人，已告知协调办公室")
        else:
            reason = _("该单位没有填报人，也没有协调办公室人员可告知")
        about = " ".join(filter(None, [plan, str(tasks.get(task, "")), what, quarter]))
        yield Untold(rule, unit, about, due_on, step, reason)
