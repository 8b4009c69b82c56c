"""What an inspector has before them: all that is late in the places inspected, counted.

Counts are made by the database, so that a province with all its districts is no more to read
than a county.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from tasks.models import Period, Plan, Responsibility
from tasks.services import late
from tasks.services.late import Band, LateKind
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit, User, codes_below
from units.policy import standing

TREND_QUARTERS = 8
Narrow = Callable[[Any], Any]  # applies the filters that the inspector has set


@dataclass
class Counts:
    """How many of each kind, and of each kind by band."""

    by_kind: Counter[LateKind] = field(default_factory=Counter)
    by_band: Counter[tuple[LateKind, Band]] = field(default_factory=Counter)

    def add(self, kind: LateKind, band: Band, number: int) -> None:
        self.by_kind[kind] += number
        self.by_band[kind, band] += number

    @property
    def kinds(self) -> list[tuple[LateKind, int]]:
        """Every kind, also where there is none."""
        return [(kind, self.by_kind[kind]) for kind in LateKind]

    @property
    def late(self) -> int:
        """Tasks that are late; reports are counted for themselves."""
        return self.by_kind[LateKind.OVERDUE] + self.by_kind[LateKind.EXPIRED]


@dataclass(frozen=True)
class Row:
    """A unit, or a side."""

    of: Unit | Jurisdiction | None  # None: of no side
    counts: Counts


@dataclass(frozen=True)
class Trend:
    """Sides late as of a quarter, or today; `label` names it."""

    label: str
    overdue: int
    expired: int


@dataclass(frozen=True)
class Supervision:
    """Everything late in the places inspected, under the filters set."""

    whole: Counts
    units: list[Row]
    sides: list[Row]


def places_of(user: User) -> Any:
    """Jurisdictions that the person inspects, and those below; all for a superuser."""
    who = standing(user)
    places = Jurisdiction.objects.all()
    return places if who.superuser else places.filter(codes_below(who.inspected))


def inspected(user: User, sides: Any) -> Any:
    """Those of the lead rows that stand in the places inspected."""
    if standing(user).superuser:
        return sides
    return sides.filter(side__in=places_of(user))


def supervision(user: User, today: datetime.date, narrow: Narrow) -> Supervision:
    """Counts by kind and band: of all, by unit and by side. Two queries and one a kind."""
    whole = Counts()
    units: dict[int, Counts] = defaultdict(Counts)
    sides: dict[int | None, Counts] = defaultdict(Counts)
    bands = list(Band)
    for kind in LateKind:
        rows = late.known_to(user, kind, narrow(inspected(user, late.of_kind(kind, today))))
        found = (
            rows.order_by()
            .annotate(band=late.band_of(late.date_of(kind), today))
            .values_list("unit", "side", "band")
            .annotate(number=Count("pk"))
        )
        for unit, side, band, number in found:
            for counts in (whole, units[unit], sides[side]):
                counts.add(kind, bands[band], number)
    return Supervision(whole, _named(Unit, units), _named(Jurisdiction, sides))


def _named(model: Any, counted: dict[Any, Counts]) -> list[Row]:
    """The worst first: by 逾期, 期满未办结, then reports; then in the usual order."""
    found = model.objects.in_bulk([pk for pk in counted if pk is not None])
    order = {pk: n for n, pk in enumerate(found)}
    rows = [(pk, Row(found.get(pk), counts)) for pk, counts in counted.items()]
    rows.sort(key=lambda row: ([-n for _kind, n in row[1].counts.kinds], order.get(row[0], -1)))
    return [row for _pk, row in rows]


def oldest(
    user: User, kind: LateKind, today: datetime.date, narrow: Narrow, number: int
) -> list[Responsibility]:
    """The rows that are late for longest, with what a light needs."""
    order = ("due", "task__plan", "task__number", "order")
    late_here = narrow(inspected(user, late.of_kind(kind, today)))
    # Numbers first: a light is worked out for what is shown alone.
    keys = list(late_here.order_by(*order).values_list("pk", flat=True)[:number])
    rows: Any = Responsibility.objects.filter(pk__in=keys).with_light(today).order_by(*order)
    return list(rows.select_related("task__plan", "unit", "side"))


def trend(user: User, today: datetime.date, narrow: Narrow) -> list[Trend]:
    """As of the last quarters, and today. Two queries.

    A quarter is judged as in the matrix: as of its closing, plan by plan; one that is open, as of
    today. A plan that did not yet have the quarter is not counted in it.
    """
    tracked = Period.objects.filter(plan__in=Plan.objects.tracked(), opens_on__lte=today)
    days: dict[Quarter, Q] = {}
    for period in tracked.order_by("year", "quarter"):
        then = Q(task__plan=period.plan_id) & late.late_then(period.as_of(today))
        days[period.as_quarter] = days.get(period.as_quarter, Q(pk__in=[])) | then
    shown = list(days.items())[-TREND_QUARTERS:]
    moments = [(str(quarter), then) for quarter, then in shown]
    moments.append((today.isoformat(), late.late_then(today)))
    asked = {}
    for n, (_label, then) in enumerate(moments):
        asked[f"overdue_{n}"] = Count("pk", filter=then & late.HAS_OWN_DATE)
        asked[f"expired_{n}"] = Count("pk", filter=then & ~late.HAS_OWN_DATE)
    rows = narrow(inspected(user, Responsibility.objects.leads().with_due()))
    found = rows.order_by().aggregate(**asked)
    return [
        Trend(label, found[f"overdue_{n}"], found[f"expired_{n}"])
        for n, (label, _then) in enumerate(moments)
    ]
