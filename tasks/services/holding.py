"""What holds a duty in its place: what was handed in, and a quarter in which units write.

Of what a unit writes and has not handed in, an office knows nothing. So nothing here says, or
depends on, whether there is a draft: while a quarter is open, every lead stays as if there were
one. A draft that was not handed in by the end of its quarter holds nothing.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tasks.models import Period, ProgressReport, Responsibility
from tasks.states import HANDED_IN_STATES, MENDING_STATES, PeriodState, Role
from units.models import User
from units.services import audit


def is_reported(duties: QuerySet[Responsibility]) -> bool:
    """Whether something was handed in for one of them, as their offices know."""
    reports = ProgressReport.objects.filter(responsibility__in=duties)
    mended = Q(state__in=MENDING_STATES, redo_by__isnull=False)
    return reports.filter(Q(state__in=HANDED_IN_STATES) | mended).exists()


def why_in_quarter(duties: QuerySet[Responsibility]) -> str:
    """Why leads stay while a quarter of their plan is open; empty where none is."""
    leads = duties.filter(role=Role.LEAD)
    plans = leads.values("task__plan")
    period = Period.objects.filter(plan__in=plans, state=PeriodState.OPEN).newest_first().first()
    if period is None:
        return ""
    sentence = _(
        "%(period)s填报期内，牵头单位可能正在填报，不能移除或改列：请在填报期关闭后办理；"
        "不再执行的，请中止并写明理由。"
    )
    return sentence % {"period": period}


def discard_drafts(duty: Responsibility, *, by: User) -> None:
    """What was never handed in goes with the unit's part: nobody else may read it."""
    for report in duty.reports.filter(state__in=MENDING_STATES, redo_by=None):
        audit.record("report.discard", report, by=by)
        report.delete()
