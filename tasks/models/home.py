"""Where a unit is at home: whose people an office may know follows from it.

A duty by itself gives no right over people: an office names units in its duties itself.
"""

from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Left

from units.models import Unit

if TYPE_CHECKING:
    from tasks.models.duties import ResponsibilityQuerySet

_UNIT = "unit__jurisdiction__code"


def _within() -> Q:
    """The unit's place is the side's or below, by GB/T 2260's digits; as `Jurisdiction.holds`."""
    in_province = Q(side__code__endswith="0000") & Q(
        **{f"{_UNIT}__startswith": Left("side__code", 2)}
    )
    in_city = Q(side__code__endswith="00") & Q(**{f"{_UNIT}__startswith": Left("side__code", 4)})
    return Q(**{_UNIT: F("side__code")}) | in_province | in_city


def _by_document() -> Q:
    """The row came with a document, which named here this unit, or one that it took over."""
    former = Unit.objects.filter(pk=OuterRef("loaded_unit"), successor=OuterRef("unit_id"))
    return (Q(loaded_unit=F("unit_id")) | Exists(former)) & Q(loaded_side=F("side_id"))


def at_home(duties: "ResponsibilityQuerySet") -> "ResponsibilityQuerySet":
    """Duties of units that are at home on their side, or named there by a loaded document."""
    marked = duties.alias(
        loaded_unit=Cast(KeyTextTransform("unit", "loaded"), BigIntegerField()),
        loaded_side=Cast(KeyTextTransform("side", "loaded"), BigIntegerField()),
    )
    return marked.filter(_within() | _by_document())
