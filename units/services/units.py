"""Units and their names, as an office enters them; what a document names comes with its file."""

import datetime
from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from tracker.lib.text import clean_text
from units import policy
from units.models import Jurisdiction, Office, Unit, UnitName, User, codes_below
from units.services import audit
from units.services.names import UnitIndex, normalise
from units.states import NameKind, UnitKind

LOCK = 20_220_224  # of PostgreSQL's advisory locks: names are given one at a time


@dataclass(frozen=True)
class UnitText:
    """A unit as an office enters it. Without a place it is a central one."""

    name: str
    kind: str = UnitKind.GOVERNMENT
    place: Jurisdiction | None = None
    full: str = ""
    short: str = ""
    basis: str = ""


@dataclass(frozen=True)
class NameText:
    """A further name of a unit, and the dates for which it holds."""

    name: str
    kind: str = NameKind.SHORT
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None
    basis: str = ""


def places_of(user: User) -> QuerySet[Jurisdiction]:
    """Where the person may enter units: the places of own offices and those below."""
    offices: QuerySet[Office] = policy.scope(user, "unit.add")
    codes = offices.values_list("jurisdiction__code", flat=True)
    return Jurisdiction.objects.filter(codes_below(codes)).order_by("code")


@transaction.atomic
def add_unit(text: UnitText, *, by: User) -> Unit:
    """Enter a unit. Raises PermissionDenied, ValidationError by field."""
    if not policy.scope(by, "unit.add").exists():
        raise PermissionDenied
    one_at_a_time()
    name = _name(text.name, "name")
    if text.place is None and not _is_central(text.kind):
        sentence = _("请选择所在辖区；只有中央单位（垂直管理、企业）可不选。")
        raise ValidationError({"place": sentence})
    if text.place is not None and not places_of(by).filter(pk=text.place.pk).exists():
        sentence = _("%(place)s不在本办公室的辖区内，请由当地的协调办公室登记。")
        raise ValidationError({"place": sentence % {"place": text.place}})
    index = UnitIndex.load()
    _check_free(index, name, text.place, "name")
    last = Unit.objects.filter(jurisdiction=text.place).aggregate(last=Max("order"))["last"]
    unit = Unit(name=name, kind=text.kind, jurisdiction=text.place, order=(last or 0) + 1)
    unit.full_clean()
    unit.save()
    after = {"name": name, "kind": text.kind, "jurisdiction": text.place}
    for kind, field in ((NameKind.FULL, "full"), (NameKind.SHORT, "short")):
        other = clean_text(getattr(text, field))
        if other and normalise(other) != normalise(name):
            _check_free(index, other, text.place, field, everywhere=kind == NameKind.FULL)
            _store(unit, NameText(other, kind, basis=text.basis), field)
            after[field] = other
    audit.record("unit.add", unit, by=by, after=after)
    return unit


def _is_central(kind: str) -> bool:
    return kind in UnitKind.values and UnitKind(kind).is_central


def one_at_a_time() -> None:
    """Wait until no other transaction gives names to units."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _name(text: str, field: str) -> str:
    name = clean_text(text)
    if not name:
        raise ValidationError({field: _("请填写单位名称。")})
    return name


def _check_free(
    index: UnitIndex,
    name: str,
    place: Jurisdiction | None,
    field: str,
    *,
    everywhere: bool = True,
    but: Unit | None = None,
) -> None:
    """No other unit goes by the name: of the same place, or anywhere for a name that holds there.

    A short name may be another place's, too: 区财政局.
    """
    for match in index.matches.get(normalise(name), []):
        near = match.unit.jurisdiction_id == (place.pk if place else None)
        if match.unit != but and (near or (everywhere and match.everywhere)):
            raise ValidationError(
                {field: _("“%(name)s”已是“%(unit)s”的名称。") % {"name": name, "unit": match.unit}}
            )


def _store(unit: Unit, text: NameText, field: str = "name") -> UnitName:
    row = UnitName(unit=unit, **asdict(text))
    try:
        row.full_clean()
    except ValidationError as error:
        shown = {field if name == "name" else name: m for name, m in error.message_dict.items()}
        raise ValidationError(shown) from error
    row.save()
    return row


@transaction.atomic
def add_name(unit: Unit, text: NameText, *, by: User) -> UnitName:
    """Give a unit of the own place a further name. Raises PermissionDenied, ValidationError."""
    if not policy.can(by, "unit.edit", unit):
        raise PermissionDenied
    one_at_a_time()
    name = _name(text.name, "name")
    everywhere = text.kind != NameKind.SHORT
    _check_free(UnitIndex.load(), name, unit.jurisdiction, "name", everywhere=everywhere, but=unit)
    row = _store(unit, NameText(**{**asdict(text), "name": name}))
    audit.record("unit.name", unit, by=by, after=_said(row))
    return row


@transaction.atomic
def edit_name(
    row: UnitName,
    *,
    valid_from: datetime.date | None,
    valid_until: datetime.date | None,
    by: User,
) -> UnitName:
    """Change the dates for which a name holds. Raises as `add_name`."""
    row = UnitName.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.pk)
    if not policy.can(by, "unit.edit", row.unit):
        raise PermissionDenied
    before, after = audit.changes(row, {"valid_from": valid_from, "valid_until": valid_until})
    if after:
        row.valid_from, row.valid_until = valid_from, valid_until
        row.full_clean()
        row.save(update_fields=["valid_from", "valid_until"])
        name = {"name": row.name}
        audit.record("unit.name", row.unit, by=by, before=name | before, after=name | after)
    return row


def _said(row: UnitName) -> dict[str, object]:
    names = ("name", "kind", "valid_from", "valid_until", "basis")
    return {name: value for name in names if (value := getattr(row, name))}
