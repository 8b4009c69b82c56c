"""Units with their names, and offices."""

from django.utils.translation import gettext as _

from units.models import Unit, UnitName
from units.services.load import lookup
from units.services.load.shape import (
    DAY,
    NAME,
    RECORDS,
    WORDS,
    Key,
    Problems,
    Raw,
    checked,
    choice,
    many,
    name,
    place_code,
    record_list,
    unique,
    whole,
)
from units.services.load.sync import Run, Section, Source, put_links, remember
from units.states import NameKind, UnitKind

UNIT = {
    "name": NAME,
    "jurisdiction": Key(place_code),
    "kind": Key(choice(UnitKind), default=UnitKind.GOVERNMENT),
    "order": Key(whole),
    "clause": WORDS,
    "names": RECORDS,
    "members": Key(many(name), default=[]),
}
UNIT_NAME = {
    "name": NAME,
    "kind": Key(choice(NameKind), required=True),
    "clause": WORDS,
    "basis": WORDS,
    "valid_from": DAY,
    "valid_until": DAY,
}
OFFICE = {
    "name": NAME,
    "jurisdiction": Key(place_code, required=True),
    "host_unit": Key(name),
    "clause": WORDS,
}


def _check_units(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "units", UNIT, "name", _("单位"), problems)
    for number, row in enumerate(rows, 1):
        row["order"] = row["order"] or number
        row["names"] = [n for raw in row["names"] if (n := _name(raw, row["where"], problems))]
    unique(rows, "name", problems)
    return rows


def _name(raw: Raw, where: str, problems: Problems) -> Raw | None:
    row = checked(raw, UNIT_NAME, where, problems)
    if row and row["valid_from"] and row["valid_until"] and row["valid_until"] < row["valid_from"]:
        problems.add(where, _("名称“%(name)s”的停用日期早于起用日期。") % {"name": row["name"]})
    return row


def _apply_units(source: Source, rows: list[Raw], run: Run) -> None:
    document = source.data.get("document")
    units = []
    for row in rows:
        values = {k: row[k] for k in ("name", "kind", "order")}
        values["jurisdiction"] = lookup.look_up(
            run, lookup.places(run), row["jurisdiction"], row["where"]
        )
        values |= lookup.source_of(run, document, row, row["where"])
        unit = lookup.units(run).put(values, source.tally)
        _put_names(unit, row, source, run)
        units.append((unit, row))
    # Members may stand further down.
    finder = lookup.Finder(run)
    for unit, row in units:
        found = [finder.unit(n, unit.jurisdiction, row["where"]) for n in row["members"]]
        put_links(unit, "members", [member for member in found if member], source.tally)


def _put_names(unit: Unit, row: Raw, source: Source, run: Run) -> None:
    shelf = run.shelf(UnitName, "unit", "name", "kind")
    before = unit.loaded.get("names", [])
    for item in row["names"]:
        if [item["name"], item["kind"]] in before and not shelf.get(
            unit.pk, item["name"], item["kind"]
        ):
            source.tally.kept.append(
                _("单位“%(unit)s”：名称“%(name)s”已删除")
                % {"unit": unit.name, "name": item["name"]}
            )
            continue
        # A name that no clause shows rests on its basis, not on the document.
        document = source.data.get("document") if item["clause"] else None
        values = {k: item[k] for k in ("name", "kind", "basis", "valid_from", "valid_until")}
        values |= lookup.source_of(run, document, item, row["where"])
        shelf.put({"unit": unit, **values}, source.tally)
    remember(unit, "names", [[item["name"], str(item["kind"])] for item in row["names"]])


def _check_offices(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "offices", OFFICE, "name", _("协调办公室"), problems)
    unique(rows, "name", problems)
    return rows


def _apply_offices(source: Source, rows: list[Raw], run: Run) -> None:
    finder = lookup.Finder(run)
    for row in rows:
        place = lookup.look_up(run, lookup.places(run), row["jurisdiction"], row["where"])
        if place is None:
            continue
        host = finder.unit(row["host_unit"], place, row["where"]) if row["host_unit"] else None
        values = {"name": row["name"], "jurisdiction": place, "host_unit": host}
        document = source.data.get("document") if row["clause"] else None
        values |= lookup.source_of(run, document, row, row["where"])
        lookup.offices(run).put(values, source.tally)


UNIT_SECTION = Section("units", _check_units, _apply_units)
OFFICE_SECTION = Section("offices", _check_offices, _apply_offices)
