"""全部回填表: the forms of all units of an office in a zip, made in the background as a run.

It holds what whoever asked may read, drafts of the own unit too: nobody else takes it.
"""

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet

from reports import policy
from reports.models import ReportRun
from reports.returns import form as returns
from reports.returns.content import UnitForm, load
from reports.services import runs, work
from reports.services.work import Lease
from reports.states import FORMS
from tasks.models import Plan, PlanSide, Responsibility
from tracker.lib.excel import file_name
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter
from units.models import Office, User
from units.standing import standing


def request(quarter: Quarter, *, by: User) -> list[ReportRun]:
    """Have the forms made, for each of the person's offices; a superuser's are of all sides.

    Raises PermissionDenied for who coordinates nothing then.
    """
    plans = Plan.objects.tracked().filter(
        periods__year=quarter.year, periods__quarter=quarter.number
    )
    who = standing(by)
    if who.superuser:
        return [_entered(quarter, list(plans), None, by)]
    sides = PlanSide.objects.filter(office__in=who.coordinates, plan__in=plans)
    offices = Office.objects.filter(pk__in=sides.values("office")).order_by("pk")
    found = [
        _entered(quarter, list(plans.filter(sides__office=office).distinct()), office, by)
        for office in offices
    ]
    if not found:
        raise PermissionDenied
    return found


def _entered(quarter: Quarter, plans: Sequence[Plan], office: Office | None, by: User) -> ReportRun:
    run = ReportRun(book=FORMS, quarter=str(quarter), office=office, requested_by=by)
    return runs.enter(run, plans)


def of_person(user: User, quarters: Sequence[Quarter]) -> dict[str, ReportRun]:
    """By quarter the last zip that the person asked for and may take."""
    if not quarters:
        return {}
    rows = policy.scope(user, "run.view").filter(
        book=FORMS, requested_by=user, quarter__in=[str(one) for one in quarters]
    )
    return {run.quarter: run for run in rows.order_by("quarter", "-pk").distinct("quarter")}


def write(lease: Lease, folder: Path, today: datetime.date) -> Path:
    """Make the zip, telling form by form how far it is. Raises LostLease, ValidationError."""
    run, by = lease.run, lease.run.requested_by
    found: dict[int, UnitForm] = {}
    if by is not None:
        units, plans = _units(run), run.plans.values("pk")
        found = load(run.as_quarter, for_user=by, today=today, units=list(units), plans=plans)
    if not found:
        words = {"quarter": run.as_quarter.label}
        raise ValidationError(_("%(quarter)s没有可填报的任务，没有回填表。") % words)
    in_order = sorted(found.values(), key=lambda form: (form.unit.order, form.unit.pk))
    whose = run.office.name if run.office else ""
    words = {"whose": whose, "quarter": run.as_quarter.label}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(_("%(whose)s%(quarter)s回填表") % words, "zip")
    with zipfile.ZipFile(path, "w") as target:
        for done, (name, form) in enumerate(returns.named(in_order)):
            work.carry_on(lease, done=done, total=len(found), step=name)
            # A workbook is packed already.
            entry = zipfile.ZipInfo(name, (today.year, today.month, today.day, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            target.writestr(entry, returns.written(form, today=today))
    return path


def _units(run: ReportRun) -> QuerySet[Responsibility, int]:
    """The units that lead there on a side of the run's office."""
    leads = Responsibility.objects.leads().filter(task__plan__in=run.plans.all())
    if run.office is not None:
        leads = leads.filter(
            task__plan__sides__office=run.office, task__plan__sides__jurisdiction=F("side")
        )
    return leads.values_list("unit", flat=True).distinct()
