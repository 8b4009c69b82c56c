"""What stands in letters that were sent by hand; read for many in a constant number of queries."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from tasks.models import Urge, UrgeItem, UrgeUnit
from tasks.states import UrgeKind
from tracker.lib.workdays import SHANGHAI
from units.models import UnitName
from units.states import NameKind


@dataclass(frozen=True)
class Sheet:
    """One letter: `name` is the unit's official one on the day of the sending.

    `first` is the code and the day of the letter of which this is the repetition.
    """

    part: UrgeUnit
    items: list[UrgeItem]
    name: str
    first: tuple[str, datetime.date] | None = None

    @property
    def sent_on(self) -> datetime.date:
        return _day(self.part.urge)


def sheets_of(parts: Sequence[UrgeUnit]) -> list[Sheet]:
    """The letters of parts of one sending, in their order; not for none."""
    ids = [part.pk for part in parts]
    items: dict[int, list[UrgeItem]] = {pk: [] for pk in ids}
    for item in UrgeItem.objects.filter(part__in=ids).order_by("pk"):
        items[item.part_id].append(item)
    urge = parts[0].urge
    names = _full_names([part.unit_id for part in parts], _day(urge))
    first = urge.again
    kinds = dict(first.parts.order_by().values_list("unit", "kind")) if first else {}
    return [
        Sheet(
            part,
            items[part.pk],
            names.get(part.unit_id, part.unit.name),
            _first(first, part, kinds) if first else None,
        )
        for part in parts
    ]


def _full_names(units: Sequence[int], day: datetime.date) -> dict[int, str]:
    """The official names on the day, where there are any."""
    held = Q(valid_from=None) | Q(valid_from__lte=day)
    held &= Q(valid_until=None) | Q(valid_until__gte=day)
    rows = UnitName.objects.filter(held, unit__in=units, kind=NameKind.FULL)
    # The first by name stays, as where one letter is made.
    return dict(rows.order_by("-name").values_list("unit_id", "name"))


def _first(urge: Urge, part: UrgeUnit, kinds: dict[int, str]) -> tuple[str, datetime.date]:
    """The code of the first letter in the form in which its unit got it, and its day."""
    return urge.code_as(UrgeKind(kinds.get(part.unit_id, part.kind))), _day(urge)


def _day(urge: Urge) -> datetime.date:
    return urge.made_at.astimezone(SHANGHAI).date()
