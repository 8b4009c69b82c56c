"""Writes the form: the tables as any book, then what makes a form of them."""

import datetime
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from reports.returns import finish, key
from reports.returns.columns import SHEETS
from reports.returns.content import PlanPart, UnitForm, load
from reports.returns.shapes import Kind, Refused
from tracker.lib.columns import Filled
from tracker.lib.excel import file_name, write_book
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import Unit, User

LANGUAGE = "zh-hans"  # an official paper, whatever language the reader's pages have


def make(
    unit: Unit,
    quarter: Quarter,
    *,
    for_user: User,
    today: datetime.date,
    language: str = LANGUAGE,
) -> tuple[str, bytes]:
    """A unit's form for a quarter, over all its plans, as the person may see it.

    Returns file name and content. Raises Refused where the unit has nothing to fill in.
    """
    found = load(quarter, for_user=for_user, today=today, units=[unit.pk])
    with translation.override(language):
        form = found.get(unit.pk)
        if form is None:
            words = {"unit": unit.name, "quarter": quarter.label}
            raise Refused(_("%(unit)s在%(quarter)s没有可填报的任务，没有回填表。") % words)
        return _name(form), written(form, today=today)


def named(forms: Iterable[UnitForm]) -> Iterator[tuple[str, UnitForm]]:
    """Each form with a name that is its own among them."""
    taken = set[str]()
    for form in forms:
        name = _name(form)
        if name in taken:  # two units of one name
            name = name.replace(".xlsx", f"({form.unit.pk}).xlsx")
        taken.add(name)
        yield name, form


def _name(form: UnitForm) -> str:
    words = {"unit": form.unit.name, "quarter": form.quarter.label}
    return file_name(_("%(unit)s%(quarter)s回填表") % words, "xlsx")


def _moment(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=SHANGHAI)


def written(form: UnitForm, *, today: datetime.date) -> bytes:
    """The form as a workbook; the same content gives the same bytes."""
    sheets = [
        (kind, part, _filled(form, part, kind))
        for part in form.parts
        for kind in Kind
        if part.lines[kind]
    ]
    with tempfile.TemporaryDirectory(prefix="form-") as folder:
        path = Path(folder) / "form.xlsx"
        write_book(
            path,
            Path(_name(form)).stem,
            [filled for _kind, _part, filled in sheets],
            made_at=_moment(today),
            author=_("碳责通"),
        )
        pieces, property_text = key.signed(form, made=today)
        return finish.finish(
            path,
            [(kind, part) for kind, part, _filled_sheet in sheets],
            pieces,
            property_text,
            made_at=_moment(today),
        )


def _filled(form: UnitForm, part: PlanPart, kind: Kind) -> Filled:
    plan = part.period.plan
    place = plan.jurisdiction or plan.region
    mark = f"-{plan.short_title or (place.name if place else plan.code)}"
    sheet = SHEETS[kind]
    return Filled(
        sheet,
        part.lines[kind],
        tab=f"{sheet.title}{mark if len(form.parts) > 1 else ''}",
        heading=f"{form.quarter.label}{sheet.heading}",
        left=_("填报单位（盖章）：%(unit)s") % {"unit": form.unit.name},
        right=_("填报时间：　　　年　　月　　日"),
        foot=("　" * 8).join(
            [_("单位负责人（签字）："), _("审签人："), _("填报人："), _("联系电话：")]
        )
        if kind is Kind.LEAD
        else "",
    )
