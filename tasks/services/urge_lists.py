"""Lists of what was sent: who has signed and answered, who has not, for how many days."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks import policy
from tasks.models import UrgeItem, UrgeUnit
from tasks.services.urge_things import still_outstanding
from tasks.services.urge_words import sentence
from tasks.states import UrgeState
from tracker.lib.workdays import SHANGHAI, workdays_between
from units.models import User
from units.services.search import units_called

WITH_ALL = ("urge__office", "urge__made_by", "urge__again", "unit", "signed_by", "answered_by")
UNSIGNED, SIGNED, ANSWERED, LATE, ALL = "unsigned", "signed", "answered", "late", "all"
STATES: dict[str, str | Promise] = {
    UNSIGNED: _("待签收"),
    SIGNED: _("已签收未回复"),
    LATE: _("逾期未回复"),
    ANSWERED: _("已回复"),
    ALL: _("全部"),
}


def of_state(rows: Any, state: str, today: datetime.date) -> Any:
    """Those of a state; of any other word all."""
    match state:
        case "unsigned":
            return rows.unsigned()
        case "signed":
            return rows.filter(state=UrgeState.SIGNED)
        case "answered":
            return rows.filter(state=UrgeState.ANSWERED)
        case "late":
            return rows.unanswered_late(today)
    return rows


def seen(user: User, *, unit: str = "") -> Any:
    """What the person may read, newest first; of units of a name."""
    rows: Any = policy.scope(user, "urge.view")
    if unit:
        rows = rows.filter(unit__in=units_called(unit))
    return rows


def counts(rows: Any, today: datetime.date) -> dict[str, int]:
    """How many there are of each state, in one query."""
    late = Q(urge__answer_by__lt=today) & ~Q(state=UrgeState.ANSWERED)
    found: dict[str, int] = rows.order_by().aggregate(
        **{
            UNSIGNED: Count("pk", filter=Q(state=UrgeState.SENT)),
            SIGNED: Count("pk", filter=Q(state=UrgeState.SIGNED)),
            ANSWERED: Count("pk", filter=Q(state=UrgeState.ANSWERED)),
            LATE: Count("pk", filter=late),
            ALL: Count("pk"),
        }
    )
    return found


@dataclass(frozen=True)
class Line:
    """A thing that was sent, in words; `is_open` where it is still to be done."""

    item: UrgeItem
    text: str
    is_open: bool


@dataclass(frozen=True)
class Row:
    """What a unit was sent, with its things and how long ago; what the person may do."""

    part: UrgeUnit
    lines: list[Line]
    days: int
    workdays: int
    late: bool
    may_sign: bool
    may_answer: bool
    may_follow: bool

    @property
    def open(self) -> int:
        """How many of the things are still to be done."""
        return sum(line.is_open for line in self.lines)


def rows_of(user: User, parts: Sequence[UrgeUnit], today: datetime.date) -> list[Row]:
    """Rows for a page, in a constant number of queries. Who is asked is not told of lateness."""
    ids = [part.pk for part in parts]
    items: dict[int, list[UrgeItem]] = {pk: [] for pk in ids}
    for item in UrgeItem.objects.filter(part__in=ids).order_by("pk"):
        items[item.part_id].append(item)
    open_ones = still_outstanding([i for some in items.values() for i in some], today)
    may = {
        verb: set(policy.scope(user, verb).filter(pk__in=ids).values_list("pk", flat=True))
        for verb in ("urge.sign", "urge.answer", "urge.follow")
    }
    return [
        Row(
            part=part,
            lines=lines_of(part, items[part.pk], open_ones),
            days=(today - sent_on(part)).days,
            workdays=workdays_between(sent_on(part), today),
            late=part.is_unanswered_late(today)
            and (part.is_urged or part.pk not in may["urge.sign"]),
            may_sign=part.pk in may["urge.sign"] and not part.is_signed,
            may_answer=part.pk in may["urge.answer"] and not part.is_answered,
            may_follow=part.pk in may["urge.follow"],
        )
        for part in parts
    ]


def lines_of(part: UrgeUnit, items: Iterable[UrgeItem], open_ones: set[str]) -> list[Line]:
    """The things in words, as they were said then."""
    return [
        Line(
            item,
            sentence(item.kind, item.due_on, item.params, own=part.is_urged),
            item.subject in open_ones,
        )
        for item in items
    ]


def sent_on(part: UrgeUnit) -> datetime.date:
    """The day of the sending."""
    return part.urge.made_at.astimezone(SHANGHAI).date()
