"""A day's notices: calculated from the day's rows and the rules, nothing written."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Notice, Plan, Responsibility
from tasks.reminders import personal
from tasks.reminders.day import Day, Subject
from tasks.reminders.rules import NO_OFFICER, OFFICE, OFFICER, RULES, SIGNER, Reminder
from tasks.reminders.steps import Reached, workdays_past
from tasks.services.notices import finding_subject, proposal_subject
from tracker.lib.workdays import is_known, is_workday
from units.models import User

OF_FINDINGS = {key(0).partition("/")[0] for key in (finding_subject, proposal_subject)}
Key = tuple[str, str, datetime.date, int, int]


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


@dataclass(frozen=True)
class _Case:
    rule: Reminder
    subject: Subject
    reached: Reached


def plan_day(today: datetime.date) -> DayPlan:
    """What is to be told today, and what is not and why. Reads a constant number of times."""
    plan = DayPlan(today, warnings=_warnings(today))
    if not is_workday(today):
        reason = _("%(day)s是休息日，不提醒。") % {"day": today.isoformat()}
        plan.untold.append(Untold("", "", "", None, None, reason))
        return plan
    day = Day(today)
    plan.untold += _switched_off(today)
    cases = list(_cases(day, plan))
    people = _people(cases, today)
    made: dict[Key, Planned] = {}
    for case in cases:
        for notice in _notices(case, people, plan):
            made.setdefault(_key(notice), Planned(notice, case.reached.on))
    for notice, reached_on in personal.notices(today):
        made[_key(notice)] = Planned(notice, reached_on)
    known = _known(made.values())
    plan.told_before = len(known)
    plan.planned = [planned for key, planned in made.items() if key not in known]
    return plan


def _warnings(today: datetime.date) -> list[str]:
    if is_known(today.year):
        return []
    return [
        _("没有%(year)s年的节假日和调休安排，工作日暂按周一至周五计算。") % {"year": today.year}
    ]


def _switched_off(today: datetime.date) -> Iterator[Untold]:
    for plan in Plan.objects.exclude(
        pk__in=Plan.objects.tracked().filter(reminders_from__lte=today)
    ):
        if plan.is_reference:
            reason = _("征求意见稿仅供参考，不提醒")
        elif not plan.tracked_from:
            reason = _("方案未启用填报")
        elif plan.reminders_from is None:
            reason = _("方案未设提醒起始日")
        else:
            reason = _("方案自%(day)s起提醒") % {"day": plan.reminders_from.isoformat()}
        yield Untold("", "", plan.name, None, None, reason)


def _cases(day: Day, plan: DayPlan) -> Iterator[_Case]:
    """Steps reached, since the day from which the plan reminds."""
    for rule in RULES:
        for subject in rule.subjects(day):
            reached = rule.reached(subject, day)
            if reached is None:
                continue
            since = subject.side.task.plan.reminders_from
            if since is not None and reached.on >= since:
                yield _Case(rule, subject, reached)
            else:
                case = _Case(rule, subject, reached)
                plan.untold.append(_untold(case, _("该步骤早于方案的提醒起始日")))


def _people(cases: list[_Case], today: datetime.date) -> dict[str, dict[int, list[User]]]:
    sides = {case.subject.side.pk: case.subject.side for case in cases}
    return {
        verb: policy.holders_of(verb, sides.values(), on=today)
        for verb in (OFFICER, SIGNER, OFFICE)
    }


def _notices(
    case: _Case, people: dict[str, dict[int, list[User]]], plan: DayPlan
) -> Iterator[Notice]:
    side = case.subject.side
    told: set[int] = set()
    for verb in case.rule.verbs(case.reached.step):
        for person in people[verb][side.pk]:
            if person.pk not in told:
                told.add(person.pk)
                yield _notice(case.rule.key, case, person, verb, plan.today)
    if people[OFFICER][side.pk] or OFFICER not in case.rule.tell.values():
        return
    office = people[OFFICE][side.pk]
    for person in office:
        yield _notice(NO_OFFICER, case, person, OFFICE, plan.today)
    reason = (
        _("该单位没有填报人，已告知协调办公室")
        if office
        else _("该单位没有填报人，也没有协调办公室人员可告知")
    )
    plan.untold.append(_untold(case, reason))


def _notice(rule: str, case: _Case, person: User, verb: str, today: datetime.date) -> Notice:
    subject, side = case.subject, case.subject.side
    task, period = side.task, subject.period
    key = subject.key if rule != NO_OFFICER else f"nobody/{task.plan_id}/{side.unit_id}"
    return Notice(
        rule=rule,
        subject=key,
        due_on=subject.due_on,
        step=case.reached.step,
        recipient=person,
        task=task if rule != NO_OFFICER else None,
        unit=side.unit,
        made_on=today,
        path=_path(subject, verb),
        params={
            "side": side.pk,
            "unit": side.unit.name,
            "central": side.unit.is_central,
            "plan": task.plan.name,
            "task": task.title,
            "number": task.number,
            "quarter": period.code if period else "",
            "days": workdays_past(subject.due_on, today),
            "verb": verb,
            "plans": period is None and side.due_is_plans,
        },
    )


def _path(subject: Subject, verb: str) -> str:
    """Straight to the form for those who fill it in, else to the task."""
    if subject.period is not None and verb == OFFICER:
        return reverse("tasks:report", args=[subject.side.pk, subject.period.code])
    kind, _slash, number = subject.key.partition("/")
    if kind in OF_FINDINGS:
        return reverse("tasks:finding", args=[number])
    return reverse("tasks:detail", args=[subject.side.task_id])


def _key(notice: Notice) -> Key:
    return notice.rule, notice.subject, notice.due_on, notice.recipient_id, notice.step


def _known(planned: Iterable[Planned]) -> set[Key]:
    """Which of these have been made before."""
    by_field: dict[str, set[object]] = defaultdict(set)
    keys = {_key(p.notice) for p in planned}
    for _rule, _subject, due_on, recipient, step in keys:
        by_field["due_on__in"].add(due_on)
        by_field["recipient__in"].add(recipient)
        by_field["step__in"].add(step)
    if not keys:
        return set()
    rows = Notice.objects.filter(**by_field).values_list(
        "rule", "subject", "due_on", "recipient_id", "step"
    )
    return keys.intersection(rows)


def _untold(case: _Case, reason: str) -> Untold:
    subject, side = case.subject, case.subject.side
    return Untold(
        case.rule.key,
        side.unit.name,
        label(side, subject.period.code if subject.period else ""),
        subject.due_on,
        case.reached.step,
        reason,
    )


def label(side: Responsibility, quarter: str) -> str:
    """A subject as one would say it: 联合方案 3. 任务 2026Q3."""
    return f"{side.task.plan.name} {side.task} {quarter}".strip()
