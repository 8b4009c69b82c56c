"""Which cooperating units owe a lead their 配合情况, and which of them have told nothing."""

from django.db.models import Q

from tasks.models import Contribution, Period, ProgressReport, Responsibility
from tasks.states import ReportKind, Role


def helpers_of(lead: Responsibility) -> list[Responsibility]:
    """The cooperating units of the lead's side, and those of no side."""
    rows = Responsibility.objects.filter(task=lead.task_id, role=Role.COOPERATING)
    if lead.side_id is not None:
        rows = rows.filter(Q(side=lead.side_id) | Q(side=None))
    return list(rows.select_related("unit").order_by("order"))


def told_to(lead: Responsibility, period: Period) -> dict[int, Contribution]:
    """What was told to the lead in the period, by responsibility."""
    found = Contribution.objects.told().filter(
        responsibility__in=[row.pk for row in helpers_of(lead)], period=period
    )
    return {row.responsibility_id: row for row in found.select_related("responsibility__unit")}


def note_unanswered(report: ProgressReport) -> None:
    """Name on a report that is handed in the units that had told nothing; the caller saves it.

    Of quarters before 启用季度 nobody was asked.
    """
    lead = report.responsibility
    if report.kind == ReportKind.BACKFILL:
        report.unanswered = []
        return
    told = told_to(lead, report.period)
    report.unanswered = [row.unit.name for row in helpers_of(lead) if row.pk not in told]
