"""Asked again at the moment of sending: is what a notice told of still to be done?"""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from tasks import policy
from tasks.models import Notice, Plan
from tasks.reminders import by_hand, personal
from tasks.reminders.reminder import Reminder
from tasks.reminders.rules import BY_KEY, steps_in
from tasks.states import NoticeState

Body = tuple[int, int, int]  # unit, plan, side
Matter = tuple[int, str]


def still_wanted(notices: Iterable[Notice], today: datetime.date) -> set[int]:
    """Ids of those whose matter is still to be done, by the same date, through the same person.

    Of several steps of one matter only the newest is wanted. Each rule knows its subjects: here
    they are asked for again, of these notices alone.
    """
    notices = list(notices)
    newest = _newest(notices)
    wanted = personal.still_wanted(notices) | by_hand.still_wanted(notices, today)
    by_rule: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        if newest.get(_matter(notice)) == notice.pk:
            by_rule[notice.rule].append(notice)
    outstanding = {
        key: _outstanding(BY_KEY[key], told, today)
        for key, told in by_rule.items()
        if key in BY_KEY
    }
    of_plans = {body[1] for bodies in outstanding.values() for body in bodies.values()}
    steps = {plan.pk: steps_in(plan) for plan in Plan.objects.filter(pk__in=of_plans)}
    by_verb: dict[str, list[tuple[Notice, Body]]] = defaultdict(list)
    for key, bodies in outstanding.items():
        for notice in by_rule[key]:
            body = bodies.get((notice.subject, notice.due_on))
            if body is not None and steps[body[1]][key].on:
                by_verb[notice.params["verb"]].append((notice, body))
    for verb, rows in by_verb.items():
        wanted |= _still_told(verb, rows, today)
    return wanted & set(newest.values())


def _still_told(verb: str, rows: list[tuple[Notice, Body]], today: datetime.date) -> set[int]:
    """Ids of those whose recipient is still told; of these bodies alone, however many there are."""
    units, plans = {body[0] for _notice, body in rows}, {body[1] for _notice, body in rows}
    holders = policy.holding(verb, on=today, units=units, plans=plans)
    return {notice.pk for notice, body in rows if notice.recipient_id in holders.of(*body)}


def _outstanding(
    rule: Reminder, notices: Iterable[Notice], today: datetime.date
) -> dict[tuple[str, datetime.date], Body]:
    """What is outstanding among the subjects of these, by key and date."""
    keys = {notice.subject for notice in notices}
    numbers = {int(number) for key in keys if (number := key.split("/")[1]).isdigit()}
    rows = rule.subjects(today).filter(of_number__in=numbers)
    found = rows.values_list("of_key", "of_due", "of_plans", "of_unit", "of_plan", "of_side")
    return {
        (key, due_on): (unit, plan, side)
        for key, due_on, plans, unit, plan, side in found
        if rule.when(due_on, plans, today)
    }


def _newest(notices: list[Notice]) -> dict[Matter, int]:
    """The latest notice to each person of each matter, those already sent included."""
    rows = (
        Notice.objects.exclude(state=NoticeState.DROPPED)
        .filter(
            recipient__in={n.recipient_id for n in notices},
            subject__in={n.subject for n in notices},
        )
        .order_by("made_on", "pk")
    )
    return {_matter(row): row.pk for row in rows.only("recipient_id", "subject")}


def _matter(notice: Notice) -> Matter:
    return notice.recipient_id, notice.subject
