"""What is entered of an observation: for whom, for which place and span; cleaned and checked."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Observation, PlanSide, Target
from tasks.services.spans import Span, code_of, span_of_code, span_of_days
from tasks.states import Basis
from tracker.lib.text import clean_text
from units.models import Jurisdiction, Office, Unit, User

LIMITS = {"category": 20, "comparator": 20, "source_words": 200, "note": 2000}


@dataclass(frozen=True)
class Entry:
    """What is filled in. The span is `period` (2025, 2025Q2, 2025H1), else the two days."""

    value: Decimal | None = None
    category: str = ""
    comparator: str = ""
    basis: str = Basis.ANNUAL
    period: str = ""
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    place: str = ""
    source_words: str = ""
    note: str = ""


@dataclass(frozen=True)
class Filer:
    """For whom a person enters: a unit or an office, and the side whose office reviews."""

    unit: Unit | None
    office: Office | None
    side: Jurisdiction

    @property
    def name(self) -> str:
        return str(self.unit or self.office)


def filer_for(user: User, target: Target) -> Filer:
    """The body for which the person enters a figure of this target."""
    sides = list(
        PlanSide.objects.filter(plan=target.plan_id)
        .select_related("office", "jurisdiction")
        .order_by("order")
    )
    if target.unit is not None and policy.accounts_for(user, target):
        return Filer(target.unit, None, _side_of(target.unit, sides))
    for side in sides:
        if policy.acts_for(user, side):
            return Filer(None, side.office, side.jurisdiction)
    raise PermissionDenied


def _side_of(unit: Unit, sides: list[PlanSide]) -> Jurisdiction:
    """The side in which the unit lies; the only side for a central unit."""
    place = unit.jurisdiction
    while place is not None:
        for side in sides:
            if side.jurisdiction_id == place.pk:
                return side.jurisdiction
        place = place.parent
    if len(sides) == 1:
        return sides[0].jurisdiction
    raise ValidationError(_("无法确定由哪一方的协调办公室审核，请由协调办公室代为录入。"))


def places_of(target: Target) -> dict[str, Jurisdiction | None]:
    """Places for which a figure of this target can be entered, the target's own first."""
    own = target.place or (None if target.place_name else target.plan.jurisdiction)
    places: dict[str, Jurisdiction | None] = {target.where: own} if target.where else {}
    if target.plan.jurisdiction is not None:
        places.setdefault(target.plan.jurisdiction.name, target.plan.jurisdiction)
    for side in target.plan.sides.select_related("jurisdiction"):
        places.setdefault(side.jurisdiction.name, side.jurisdiction)
    return places


def entry_of(row: Observation) -> Entry:
    """What a stored observation says, as it would be filled in again."""
    period = code_of(row.starts_on, row.ends_on, row.basis)
    return Entry(
        value=row.value,
        category=row.category,
        comparator=row.comparator,
        basis=row.basis,
        period=period,
        starts_on=None if period else row.starts_on,
        ends_on=None if period else row.ends_on,
        place=row.where,
        source_words=row.source_words,
        note=row.note,
    )


def cleaned(target: Target, entry: Entry, today: datetime.date) -> dict[str, Any]:
    """The values as stored; ValidationError by field."""
    errors: dict[str, Any] = {}
    texts = {name: clean_text(getattr(entry, name)) for name in LIMITS}
    for name, text in texts.items():
        if len(text) > LIMITS[name]:
            told = {"length": len(text), "limit": LIMITS[name]}
            errors[name] = _("文字共%(length)d字，最多%(limit)d字，请精简。") % told
    if entry.value is not None and texts["category"]:
        errors["category"] = _("数值与类别只填一项。")
    if entry.basis not in Basis:
        errors["basis"] = _("请选择口径。")
    places = places_of(target)
    where = clean_text(entry.place) or target.where
    if where not in places:
        errors["place"] = _("地域应为“%(places)s”之一。") % {"places": "”“".join(places)}
    span = _span(entry, today, errors)
    if errors or span is None:
        raise ValidationError(errors)
    return {
        "value": entry.value,
        **texts,
        "basis": entry.basis,
        "period_text": span.text,
        "starts_on": span.starts_on,
        "ends_on": span.ends_on,
        "place": places[where],
        "place_name": where,
    }


def _span(entry: Entry, today: datetime.date, errors: dict[str, Any]) -> Span | None:
    try:
        if entry.period:
            span = span_of_code(entry.period, entry.basis)
        else:
            span = span_of_days(entry.starts_on, entry.ends_on, entry.basis)
    except ValidationError as error:
        by_field = hasattr(error, "error_dict")
        errors |= error.message_dict if by_field else {"period": error.messages}
        return None
    field = "period" if entry.period else "ends_on"
    if entry.basis == Basis.ANNUAL and not Observation(**_days(span)).is_whole_year:
        errors[field] = _("年度值的时段应为一个整年，如2025。")
    elif entry.basis != Basis.FORECAST and span.ends_on > today:
        errors[field] = _("时段到%(day)s才结束，现在只能填“预计”。") % {
            "day": span.ends_on.isoformat()
        }
    return span


def _days(span: Span) -> dict[str, Any]:
    return {"starts_on": span.starts_on, "ends_on": span.ends_on}
