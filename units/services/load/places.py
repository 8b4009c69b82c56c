"""Documents, jurisdictions and regions."""

from django.utils.translation import gettext as _

from units.models import Region, RegionMember
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
    place_code,
    record_list,
    slug,
    text,
    unique,
)
from units.services.load.sync import Run, Section, Source, put_list
from units.states import DocumentKind, Extent, JurisdictionLevel

DOCUMENT = {
    "code": Key(slug, required=True),
    "kind": Key(choice(DocumentKind), required=True),
    "title": NAME,
    "number": WORDS,
    "issuers": Key(many(text), default=[]),
    "published_on": DAY,
    "note": WORDS,
}
PLACE = {
    "code": Key(place_code, required=True),
    "name": NAME,
    "level": Key(choice(JurisdictionLevel), required=True),
    "parent": Key(place_code),
}
REGION = {
    "code": Key(slug, required=True),
    "name": NAME,
    "document": Key(slug),
    "clause": WORDS,
    "note": WORDS,
    "members": RECORDS,
}
MEMBER = {
    "jurisdiction": Key(place_code, required=True),
    "extent": Key(choice(Extent), default=Extent.WHOLE),
}


def _check_documents(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "documents", DOCUMENT, "code", _("文件"), problems)
    unique(rows, "code", problems)
    return rows


def _apply_documents(source: Source, rows: list[Raw], run: Run) -> None:
    for row in rows:
        lookup.documents(run).put({k: row[k] for k in DOCUMENT}, source.tally)


def _check_places(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "jurisdictions", PLACE, "name", _("辖区"), problems)
    unique(rows, "code", problems)
    return rows


def _apply_places(source: Source, rows: list[Raw], run: Run) -> None:
    places = lookup.places(run)
    # Those above first, wherever they stand in the file.
    for row in sorted(rows, key=lambda r: list(JurisdictionLevel.values).index(r["level"])):
        values = {k: row[k] for k in PLACE}
        values["parent"] = lookup.look_up(run, places, row["parent"], row["where"])
        values |= lookup.source_of(run, source.data.get("document"), row, row["where"])
        places.put(values, source.tally)


def _check_regions(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "regions", REGION, "name", _("区域"), problems)
    for row in rows:
        members = [checked(m, MEMBER, row["where"], problems) for m in row["members"]]
        row["members"] = [m | {"where": row["where"]} for m in members if m]
        unique(row["members"], "jurisdiction", problems)
    unique(rows, "code", problems)
    return rows


def _apply_regions(source: Source, rows: list[Raw], run: Run) -> None:
    for row in rows:
        values = {k: row[k] for k in ("code", "name", "note")}
        values |= lookup.source_of(run, row["document"], row, row["where"])
        region = lookup.regions(run).put(values, source.tally)
        members = []
        for member in row["members"]:
            place = lookup.look_up(run, lookup.places(run), member["jurisdiction"], row["where"])
            if place is not None:
                members.append(
                    RegionMember(region=region, jurisdiction=place, extent=member["extent"])
                )
        _put_members(region, members, source)


def _put_members(region: Region, members: list[RegionMember], source: Source) -> None:
    present = RegionMember.objects.filter(region=region)

    def write() -> None:
        present.delete()
        RegionMember.objects.bulk_create(members)

    now = sorted([m.jurisdiction_id, m.extent] for m in present)
    wanted = sorted([m.jurisdiction_id, str(m.extent)] for m in members)
    if not put_list(region, "members", now, wanted, write):
        source.tally.kept.append(_("区域“%(region)s”：范围") % {"region": region.name})


DOCUMENT_SECTION = Section("documents", _check_documents, _apply_documents)
PLACE_SECTION = Section("jurisdictions", _check_places, _apply_places)
REGION_SECTION = Section("regions", _check_regions, _apply_regions)
