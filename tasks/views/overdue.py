"""What is late: 逾期 and 期满未办结, counted apart; reports that are missing or not mended."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters import LateSideFilter
from tasks.models import Responsibility
from tasks.services import late
from tasks.services.late import FILING_KINDS, HAS_OWN_DATE, Band, LateKind
from tasks.states import LightWord
from tasks.views.filter_bar import LateBar
from tasks.views.rows import SideCell, cells_of
from tasks.views.saved_views import chips_of
from tracker.lib import workdays
from tracker.lib.columns import Column
from tracker.lib.htmx import render_page_or_part
from tracker.lib.pages import page_of
from tracker.lib.workdays import Quarter
from units.models import User
from units.policy import standing
from units.web import person

KINDS = {"overdue": LightWord.OVERDUE, "expired": LightWord.EXPIRED}
FILING_DUE = Column("filing_due", _("报送截止日"))
FILING_HEADS = tuple(
    replace(head, column=FILING_DUE) if head.column.path == "due_on" else head
    for head in columns.LATE
)


@dataclass(frozen=True)
class LateRow:
    """A late side of a task; or, with `quarter`, a report of it that is late."""

    cell: SideCell
    due: datetime.date
    days: int
    workdays: int
    quarter: Quarter | None = None

    @property
    def side(self) -> Responsibility:
        return self.cell.side


@dataclass(frozen=True)
class BandChip:
    band: Band
    number: int


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    user, today = person(request), workdays.today()
    filters = LateSideFilter(
        request.GET, Responsibility.objects.late(today).with_light(today), request=request
    )
    bar = LateBar(filters)
    sides: Any = filters.qs if bar.valid else filters.queryset.none()
    counts = counts_of(sides)
    kind = _kind(request, bar, counts)
    filings = filings_of(user, filters, today) if bar.valid else {}
    chosen = of_kind(sides, filings, kind)
    date = late.date_of(kind)
    bands = bands_of(chosen, kind, today) if bar.valid and kind_is_told(kind, filings) else []
    if band := bar.cleaned.get("band"):
        chosen = late.in_band(chosen, band, today, date)
    page = page_of(
        chosen.select_related("task__plan", "unit", "side").order_by(
            *([date] if kind_is_told(kind, filings) else []), "task__plan", "task__number", "order"
        ),
        request,
    )
    rows = late_rows(user, list(page), today)
    context = {
        "today": today,
        "form": filters.form,
        "bar": bar,
        "kind": kind.value,
        "kinds": [(key, word, counts[key]) for key, word in KINDS.items()],
        "filings": [(one, rows.count()) for one, rows in filings.items()],
        "bands": bands,
        "band": band,
        "heads": FILING_HEADS if kind in FILING_KINDS else columns.LATE,
        "page": page,
        "rows": rows,
        "hides_progress": any(not row.cell.visible for row in rows),
        **chips_of(request, "tasks:overdue"),
    }
    return render_page_or_part(request, "tasks/overdue.html", "tasks/_overdue.html", context)


def _kind(request: HttpRequest, bar: LateBar, counts: dict[str, int]) -> LateKind:
    """The kind asked for; else 逾期, or 期满未办结 where there is nothing else."""
    asked = bar.cleaned.get("kind")
    if asked:
        return LateKind(asked)
    return LateKind.OVERDUE if counts["overdue"] else LateKind.EXPIRED


def filings_of(user: User, filters: LateSideFilter, today: datetime.date) -> dict[LateKind, Any]:
    """Reports that are late, for who may know of any; of the rows that they may know."""
    who = standing(user)
    if not (who.superuser or who.units or who.offices or who.inspected):
        return {}
    known = policy.scope(user, "handed_in.view").values("pk")
    return {
        kind: filters.filter_queryset(late.of_kind(kind, today).with_light(today)).filter(
            pk__in=known
        )
        for kind in FILING_KINDS
    }


def of_kind(sides: Any, filings: dict[LateKind, Any], kind: LateKind) -> Any:
    """The rows of a kind: late sides, or reports that are late."""
    if kind in FILING_KINDS:
        return filings.get(kind, Responsibility.objects.none())
    own = kind == LateKind.OVERDUE
    return sides.filter(HAS_OWN_DATE) if own else sides.exclude(HAS_OWN_DATE)


def kind_is_told(kind: LateKind, filings: dict[LateKind, Any]) -> bool:
    """Whether there is anything to count: filings are not told to everyone."""
    return kind not in FILING_KINDS or kind in filings


def bands_of(sides: Any, kind: LateKind, today: datetime.date) -> list[BandChip]:
    """How many there are in each band."""
    found = (
        sides.order_by()
        .annotate(band=late.band_of(late.date_of(kind), today))
        .values_list("band")
        .annotate(number=Count("pk"))
    )
    numbers = dict(found)
    return [BandChip(band, numbers.get(n, 0)) for n, band in enumerate(Band)]


def counts_of(sides: Any) -> dict[str, int]:
    """How many sides are 逾期, and how many 期满未办结."""
    counts: dict[str, int] = sides.order_by().aggregate(
        overdue=Count("pk", filter=HAS_OWN_DATE), expired=Count("pk", filter=~HAS_OWN_DATE)
    )
    return counts


def late_rows(user: User, sides: list[Any], today: datetime.date) -> list[LateRow]:
    """The rows of late sides read with `with_light`; a constant number of queries."""
    cells = cells_of(user, sides, today)
    rows = []
    for side in sides:
        is_filing = hasattr(side, "filing_due")
        due = side.filing_due if is_filing else side.due_on_in_force
        if due is not None:
            rows.append(
                LateRow(
                    cell=replace(cells[side.pk], side=side),
                    due=due,
                    days=(today - due).days,
                    workdays=workdays.workdays_between(due, today),
                    quarter=late.quarter_of_row(side) if is_filing else None,
                )
            )
    return rows
