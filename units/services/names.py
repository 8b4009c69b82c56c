"""Find one unit by any name that a document may use for it. Parts of names: `services.search`."""

import difflib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from tracker.lib.text import listed, whole_number
from units.models import Jurisdiction, Unit, UnitName
from units.services.words import otherwise
from units.states import NameKind

# 市 in a district's document means its municipality, 省 its province, and so on.
PLACE_WORDS = "省市州盟区县旗"


class UnitNameError(ValueError):
    """A name that leads to no single unit; the message is a sentence for the user.

    `suggested` are the names of units that may be meant.
    """

    def __init__(self, sentence: str, suggested: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.suggested = list(suggested)


class UnitNotFound(UnitNameError):
    """No unit goes by the name."""


class AmbiguousUnit(UnitNameError):
    """More than one unit goes by the name."""


def normalise(text: str) -> str:
    """Return the text without blanks and invisible characters, full-width forms folded."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


@dataclass(frozen=True)
class Match:
    """A unit under one of its names; a working or full name holds everywhere, a short one not."""

    unit: Unit
    everywhere: bool


class UnitIndex:
    """All names of all units, read once: for lists with many names."""

    def __init__(self, places: list[Jurisdiction], matches: dict[str, list[Match]]) -> None:
        self.places = {place.pk: place for place in places}
        self.matches = matches

    @classmethod
    def load(cls) -> Self:
        """Read every unit and name in three queries."""
        units = {unit.pk: unit for unit in Unit.objects.order_by("pk")}
        matches: dict[str, list[Match]] = {}
        for unit in units.values():
            matches.setdefault(normalise(unit.name), []).append(Match(unit, True))
        for row in UnitName.objects.order_by("pk"):
            match = Match(units[row.unit_id], row.kind != NameKind.SHORT)
            matches.setdefault(normalise(row.name), []).append(match)
        return cls(list(Jurisdiction.objects.all()), matches)

    def find(self, text: str, *, within: Jurisdiction | None = None) -> Unit:
        """Return the unit that the text names in a list of the place (anywhere when None)."""
        name = normalise(text)
        if not name:
            raise UnitNotFound(_("单位名称为空：请填写单位名称。"))
        line = self._line(within)
        for spelling in self._all_spellings(name, line):
            found = self._acceptable(spelling, line)
            if len(found) == 1:
                return found[0]
            if found:
                raise AmbiguousUnit(
                    _("“%(text)s”可指%(names)s：请写明所在地的全称。")
                    % {"text": text.strip(), "names": listed(unit.name for unit in found)},
                    [unit.name for unit in found],
                )
        raise self._not_found(text.strip(), name, within)

    def _all_spellings(self, name: str, line: list[Jurisdiction]) -> Iterator[str]:
        """Yield the name's, and then those of its other usual forms: 市发改委, 市发展改革委."""
        for form in (name, *otherwise(name)):
            yield from self._spellings(form, line)

    def _line(self, within: Jurisdiction | None) -> list[Jurisdiction]:
        """Return the place and those above it, nearest first."""
        line: list[Jurisdiction] = []
        place = within
        while place is not None:
            line.append(place)
            place = self.places.get(place.parent_id) if place.parent_id else None
        return line

    def _spellings(self, name: str, line: list[Jurisdiction]) -> Iterator[str]:
        """Yield what the name may stand for, the likeliest first."""
        yield name
        yield from self._without_parents(name)
        if name[0] in PLACE_WORDS:
            yield from (place.name + name[1:] for place in line if place.name.endswith(name[0]))
        yield from (place.name + name for place in line)

    def _without_parents(self, name: str) -> Iterator[str]:
        """Yield 江津区财政局 for 重庆市江津区财政局."""
        for place in self.places.values():
            parent = self.places.get(place.parent_id) if place.parent_id else None
            if parent and name.startswith(parent.name + place.name):
                shorter = name.removeprefix(parent.name)
                yield shorter
                yield from self._without_parents(shorter)

    def _acceptable(self, spelling: str, line: list[Jurisdiction]) -> list[Unit]:
        """Return the units of the nearest place; a short name of another place is not meant."""
        matches = self.matches.get(spelling, [])
        for place in line:
            near = {m.unit.pk: m.unit for m in matches if m.unit.jurisdiction_id == place.pk}
            if near:
                return list(near.values())
        return list({m.unit.pk: m.unit for m in matches if m.everywhere or not line}.values())

    def _not_found(self, text: str, name: str, within: Jurisdiction | None) -> UnitNotFound:
        """Return the error, with names that look alike."""
        alike: dict[str, None] = {}
        for spelling in dict.fromkeys(self._spellings(name, self._line(within))):
            for close in difflib.get_close_matches(spelling, self.matches, n=3, cutoff=0.6):
                alike.update(dict.fromkeys(m.unit.name for m in self.matches[close]))
        names = list(alike)[:3]
        if names:
            sentence = _("没有名为“%(text)s”的单位。是否指%(names)s？")
            return UnitNotFound(sentence % {"text": text, "names": listed(names)}, names)
        sentence = _("没有名为“%(text)s”的单位：请核对名称，或先登记该单位。")
        return UnitNotFound(sentence % {"text": text})


def find_unit(text: str, *, within: Jurisdiction | None = None) -> Unit:
    """Return the unit that the text names; UnitNotFound or AmbiguousUnit say why not.

    `within` is the place of the list in which the name stands: 市经济信息委 in a list of 重庆市,
    市邮政管理局六分局 in one of 江津区.
    """
    return UnitIndex.load().find(text, within=within)


def find_numbered(text: str, *, within: Jurisdiction | None = None) -> Unit:
    """The unit of a number, or else of a name as by `find_unit`: what stands in an address."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text.isdecimal():
        return find_unit(text, within=within)
    number = whole_number(text)
    unit = Unit.objects.filter(pk=number).first() if number is not None else None
    if unit is None:
        raise UnitNotFound(_("没有编号为%(text)s的单位。") % {"text": text[:50]})
    return unit
