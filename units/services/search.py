"""Search units by any part of any of their names. One unit by its name: `units.services.names`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from tracker.lib.search import Folded, Text, first_found, says, words_of
from units.models import Unit, UnitName

NAME = Text("name")
UNIT_ORDER = ("jurisdiction__code", "order")


def called(words: Sequence[str]) -> Q:
    """Condition on units: each word stands in one of the unit's names."""
    condition = Q()
    for word in words:
        condition &= _named(says(NAME, [word]))
    return condition


def units_called(text: str) -> QuerySet[Unit]:
    """Units that a text searches for, as it was typed; all of them for an empty one."""
    return Unit.objects.filter(called(words_of(text)))


def find_units(units: QuerySet[Unit], words: Sequence[str]) -> list[int]:
    """Keys of the units called so: by the very name, then by the working name, then by others."""
    very = [" ".join(words), "".join(words)]
    exact = _named(says(NAME, words), very)
    return first_found(units, [exact, says(NAME, words), called(words)], UNIT_ORDER)


def _named(condition: Q, very: Sequence[str] = ()) -> Q:
    """Units of which a name meets the condition, and is one of `very` if there are any."""
    units: Any = Unit.objects.filter(condition)
    names: Any = UnitName.objects.filter(condition)
    if very:
        units = units.alias(form=Folded("name")).filter(form__in=very)
        names = names.alias(form=Folded("name")).filter(form__in=very)
    return Q(pk__in=units.values("pk").union(names.values("unit")))
