"""The inspector's part of the workbench."""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tasks.filters import LateSideFilter
from tasks.models import Responsibility
from tasks.services.desk import inspector
from tasks.services.desk.inspector import Supervision, Trend
from tasks.services.late import TASK_KINDS, Band, LateKind, of_kind
from tasks.states import LightWord
from tasks.views.filter_bar import LateBar
from tracker.lib.charts import Chart, Series
from tracker.lib.text import listed
from units.models import Jurisdiction, Unit, User
from units.policy import standing

LATE_SHOWN = 20
UNITS_SHOWN = 20
FILTERS = ("plan", "jurisdiction", "unit")
WORDS = {LateKind.OVERDUE: LightWord.OVERDUE, LateKind.EXPIRED: LightWord.EXPIRED}


class DeskBar(LateBar):
    always = FILTERS
    further = ()
    elsewhere = ()
    names_own = False  # a name of its own stands for the places inspected

    def narrow(self) -> None:
        """The places inspected and those below that have a side; units that lead there."""
        super().narrow()
        fields, user = self.form.fields, self.filters.user
        places = fields["jurisdiction"]
        places.queryset = places.queryset.filter(pk__in=inspector.places_of(user).values("pk"))
        places.empty_label = _("督查辖区")
        led = inspector.inspected(user, Responsibility.objects.leads())
        fields["unit"].queryset = Unit.objects.filter(pk__in=led.values("unit"))


@dataclass(frozen=True)
class Figure:
    """A kind's number, with the light of those that are lights."""

    kind: LateKind
    number: int
    word: LightWord | None


@dataclass(frozen=True)
class BandRow:
    """A band with the number of each kind."""

    band: Band
    numbers: list[tuple[LateKind, int]]


def inspector_part(request: HttpRequest, user: User, today: datetime.date) -> dict[str, Any]:
    """What is late in the places inspected; `?plan=&jurisdiction=&unit=` narrow it."""
    data = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    filters = LateSideFilter(data, of_kind(LateKind.OVERDUE, today), request=request)
    places = inspector.places_of(user)
    filters.filters["jurisdiction"].queryset = places
    bar = DeskBar(filters)
    codes = sorted(standing(user).inspected)
    part: dict[str, Any] = {
        "places": listed(Jurisdiction.objects.filter(code__in=codes)),
        "bar": bar,
        "form": filters.form,
        "query": query_of(data, codes),
        "unit_query": query_of({k: v for k, v in data.items() if k != "unit"}, codes),
        "side_query": query_of({k: v for k, v in data.items() if k != "jurisdiction"}, []),
    }
    if not bar.valid:
        return part
    found = inspector.supervision(user, today, filters.filter_queryset)
    return part | {
        "late": found.whole.late,
        "figures": [Figure(kind, number, WORDS.get(kind)) for kind, number in found.whole.kinds],
        "bands": _bands(found),
        "sides": found.sides,
        "units": found.units[:UNITS_SHOWN],
        "units_more": len(found.units) - UNITS_SHOWN,
        "chart": chart_of(inspector.trend(user, today, filters.filter_queryset)),
        "kinds": [
            _oldest(user, kind, found.whole.by_kind[kind], today, filters) for kind in TASK_KINDS
        ],
    }


def query_of(data: dict[str, str], codes: list[str]) -> str:
    """The filters for the list's address; one place stands in it, so that it can be passed on."""
    if data.get("jurisdiction"):
        return urlencode(data)
    if len(codes) == 1:
        return urlencode({"jurisdiction": codes[0], **data})
    return urlencode({"of": "mine", **data}) if codes else urlencode(data)


def _bands(found: Supervision) -> list[BandRow]:
    return [
        BandRow(band, [(kind, found.whole.by_band[kind, band]) for kind in LateKind])
        for band in Band
    ]


def _oldest(
    user: User, kind: LateKind, number: int, today: datetime.date, filters: LateSideFilter
) -> dict[str, Any]:
    sides = inspector.oldest(user, kind, today, filters.filter_queryset, LATE_SHOWN)
    word = WORDS[kind]
    return {
        "word": word,
        "number": number,
        "rows": [{"side": s, "word": word, "reason": s.light_reason(today)} for s in sides],
        "more": max(0, number - len(sides)),
    }


def chart_of(points: list[Trend]) -> Chart:
    """The quarters, and today. Both are red; 期满未办结 is hollow, apart from 逾期."""
    return Chart(
        kind="bar",
        title=_("各季度逾期和期满未办结的事项数"),
        categories=tuple(point.label for point in points),
        series=(
            Series(LightWord.OVERDUE.label, tuple(p.overdue for p in points), "red"),
            Series(LightWord.EXPIRED.label, tuple(p.expired for p in points), "red", hollow=True),
        ),
        unit=_("项"),
        note=_("按现行时限推算：已关闭的季度以关闭日为准，未关闭的季度和最后一组以今天为准。"),
        head=_("季度"),
    )
