"""What is late: 逾期 and 期满未办结, counted apart; beside them milestones, reports, findings."""

import datetime
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters import LateSideFilter
from tasks.models import Responsibility
from tasks.models.findings import code_of
from tasks.services import late
from tasks.services.late import (
    CLOSE_KINDS,
    FILING_KINDS,
    FINDING_KINDS,
    HAS_OWN_DATE,
    ITEM_KINDS,
    TASK_KINDS,
    Band,
    LateKind,
)
from tasks.services.late_facts import Facts, due_of, facts_of, subject_of
from tasks.services.urge_things import MOST_TICKED, URGED
from tasks.states import LightWord
from tasks.views.filter_bar import LateBar
from tasks.views.rows import SideCell, cells_of
from tasks.views.saved_views import chips_of
from tracker.lib import workdays
from tracker.lib.columns import Words
from tracker.lib.htmx import render_page_or_part
from tracker.lib.lists import Head, in_a_row, words_of
from tracker.lib.pages import page_of
from tracker.lib.workdays import Quarter
from units.models import User
from units.policy import standing
from units.views.columns import columns_of
from units.web import person

KINDS = {"overdue": LightWord.OVERDUE, "expired": LightWord.EXPIRED}
# What the date is called from which lateness counts.
DATES = {
    LateKind.MISSING: _("报送截止日"),
    LateKind.RETURNED: _("重报截止日"),
    LateKind.MILESTONE: _("节点日期"),
    LateKind.FINDING: _("整改期限"),
    LateKind.PROPOSAL: _("答复期限"),
}


@dataclass(frozen=True)
class LateRow:
    """A late side of a task; or with `quarter` a report of it, with `item` something else."""

    kind: LateKind
    cell: SideCell
    due: datetime.date
    days: int
    workdays: int
    facts: Facts
    quarter: Quarter | None = None
    may_issue: bool = False
    may_urge: bool = False

    @property
    def side(self) -> Any:
        return self.cell.side

    @property
    def key(self) -> str:
        """The subject under which notices and letters tell of it."""
        return subject_of(self.kind, self.side)

    @property
    def was_moved(self) -> bool:
        """The date in force is not the first."""
        return self.facts.first is not None and self.facts.first != self.due

    @property
    def in_grace(self) -> datetime.date | None:
        """Until when a missing report may still come without a 补报."""
        if self.kind != LateKind.MISSING:
            return None
        grace: datetime.date = self.side.filing_grace
        return grace if self.due + datetime.timedelta(days=self.days) <= grace else None

    @property
    def remark(self) -> str:
        """What stands beside the date: whether it is the plan's, and of a report the grace."""
        if self.kind == LateKind.MISSING:
            until = self.in_grace
            return _t("宽限至%(day)s") % {"day": until} if until else _t("已过宽限期")
        is_plans = self.kind in TASK_KINDS and self.side.due_is_plans
        return _t("方案期限") if is_plans else ""

    @property
    def item(self) -> str:
        """The milestone or the finding, in words; the quarter of a report."""
        if self.kind in FINDING_KINDS:
            code = code_of(self.side.item_year, self.side.item_number)
            return f"{code} {self.side.item_title}"
        if self.kind in ITEM_KINDS:
            return str(self.side.item_title)
        return self.quarter.label if self.quarter else ""

    @property
    def item_url(self) -> str:
        """The page of the finding."""
        is_finding = self.kind in FINDING_KINDS
        return reverse("tasks:finding", args=[self.side.item]) if is_finding else ""


@dataclass(frozen=True)
class BandChip:
    band: Band
    number: int


class Listing:
    """The rows that the filters of an address choose, of one kind, with the counts of all."""

    def __init__(self, request: HttpRequest, query: QueryDict | None = None) -> None:
        self.request = request
        self.user, self.today = person(request), workdays.today()
        sides: Any = Responsibility.objects.late(self.today).with_light(self.today)
        given = request.GET if query is None else query
        self.filters = LateSideFilter(given, sides, request=request)
        self.bar = LateBar(self.filters)
        self.late: Any = self.filters.qs if self.bar.valid else sides.none()
        self.others = others_of(self.user, self.filters, self.today) if self.bar.valid else {}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many sides are 逾期, and how many 期满未办结."""
        found: dict[str, int] = self.late.order_by().aggregate(
            overdue=Count("pk", filter=HAS_OWN_DATE), expired=Count("pk", filter=~HAS_OWN_DATE)
        )
        return found

    @cached_property
    def kind(self) -> LateKind:
        """The kind asked for; else 逾期, or 期满未办结 where there is nothing else."""
        if asked := self.bar.cleaned.get("kind"):
            return LateKind(asked)
        return LateKind.OVERDUE if self.counts["overdue"] else LateKind.EXPIRED

    def of(self, kind: LateKind) -> "Listing":
        """The same with another kind."""
        other = copy(self)
        for name in ("of_kind", "chosen"):
            other.__dict__.pop(name, None)
        other.kind = kind
        return other

    def in_words(self) -> str:
        """Whose rows these are, and the other filters that are set."""
        whose = _t("范围：%(whose)s") % {"whose": self.bar.counted}
        beside = ("of", "jurisdiction", "unit", "kind")
        rest = words_of(self.filters.form, beside)
        return in_a_row(words for words in (whose, rest) if words)

    @property
    def is_told(self) -> bool:
        """Whether there is anything to count: filings and findings are not told to everyone."""
        return self.kind in TASK_KINDS or self.kind in self.others

    @cached_property
    def of_kind(self) -> Any:
        """All rows of the kind."""
        if self.kind not in TASK_KINDS:
            return self.others.get(self.kind, Responsibility.objects.none())
        own = self.kind == LateKind.OVERDUE
        return self.late.filter(HAS_OWN_DATE) if own else self.late.exclude(HAS_OWN_DATE)

    @cached_property
    def chosen(self) -> Any:
        """Those of the band asked for, the longest late first."""
        date, rows = late.date_of(self.kind), self.of_kind
        if band := self.bar.cleaned.get("band"):
            rows = late.in_band(rows, band, self.today, date)
        by_date = [date] if self.is_told else []
        return rows.select_related("task__plan", "unit", "side").order_by(
            *by_date, "task__plan", "task__number", "order"
        )

    def bands(self) -> list[BandChip]:
        """How many there are in each band."""
        if not (self.bar.valid and self.is_told):
            return []
        banded = self.of_kind.order_by().annotate(
            band=late.band_of(late.date_of(self.kind), self.today)
        )
        numbers = dict(banded.values_list("band").annotate(number=Count("pk")))
        return [BandChip(band, numbers.get(n, 0)) for n, band in enumerate(Band)]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    found = Listing(request)
    user, kind = found.user, found.kind
    page = page_of(found.chosen, request)
    rows = late_rows(user, kind, list(page), found.today)
    shown = columns_of(request, columns.LATE_LIST)
    context = {
        "today": found.today,
        "form": found.filters.form,
        "bar": found.bar,
        "kind": kind.value,
        "kinds": [(key, word, found.counts[key]) for key, word in KINDS.items()],
        "others": [(one, some.count()) for one, some in found.others.items()],
        "bands": found.bands(),
        "band": found.bar.cleaned.get("band"),
        **shown,
        "heads": heads_of(kind, shown["heads"]),
        "due_head": DATES.get(kind, _("完成时限")),
        "page": page,
        "rows": rows,
        "hides_progress": any(not row.cell.visible for row in rows),
        "may_urge": any(row.may_urge for row in rows),
        "most_ticked": MOST_TICKED,
        **chips_of(request, "tasks:overdue"),
    }
    return render_page_or_part(request, "tasks/overdue.html", "tasks/_overdue.html", context)


def heads_of(kind: LateKind, heads: Iterable[Head]) -> list[Head]:
    """The heads, with the date by its name."""
    words = DATES.get(kind)
    return [dated(head, words) if words and head.key == "due_on" else head for head in heads]


def dated(head: Head, words: Words) -> Head:
    """The head of the date and its column in a workbook under another name."""
    parts = tuple(replace(part, label=words) if part.path == "due" else part for part in head.parts)
    return replace(head, column=replace(head.column, label=words), parts=parts)


def others_of(user: User, filters: LateSideFilter, today: datetime.date) -> dict[LateKind, Any]:
    """All but the sides themselves: of the rows that the person may know, where there is a part.

    Reports and findings are counted for those who may know of any.
    """
    who = standing(user)
    has_part = who.superuser or who.units or who.offices or who.inspected
    kinds = [kind for kind in LateKind if kind not in TASK_KINDS]
    return {
        kind: late.known_to(
            user, kind, filters.filter_queryset(late.of_kind(kind, today).with_light(today))
        )
        for kind in kinds
        if has_part or kind not in CLOSE_KINDS
    }


def late_rows(user: User, kind: LateKind, sides: list[Any], today: datetime.date) -> list[LateRow]:
    """The rows of late sides read with `with_light`; a constant number of queries."""
    cells, facts = cells_of(user, sides, today), facts_of(user, kind, sides)
    issued_on = _of_these(user, "finding.issue", cells) if policy.inspects(user) else set()
    urged = _of_these(user, "urge.make", cells) if policy.reviews(user) else set()
    rows = []
    for side, told in zip(sides, facts, strict=True):
        due = due_of(kind, side)
        if due is not None:
            rows.append(
                LateRow(
                    kind=kind,
                    cell=replace(cells[side.pk], side=side),
                    due=due,
                    days=(today - due).days,
                    workdays=workdays.workdays_between(due, today),
                    facts=told,
                    quarter=late.quarter_of_row(side) if kind in FILING_KINDS else None,
                    may_issue=side.pk in issued_on,
                    may_urge=side.pk in urged and kind in URGED,
                )
            )
    return rows


def _of_these(user: User, verb: str, sides: Iterable[int]) -> set[int]:
    """On which of them the person may do it."""
    return set(policy.scope(user, verb).filter(pk__in=list(sides)).values_list("pk", flat=True))
