"""Who reviews a report, and whether it is that of the office's own body; a part of the policy."""

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from tasks.models import PlanSide, ProgressReport
from tasks.policy.sides import coordinated_sides, on_sides
from tasks.states import ReportState
from units.models import AuditEntry, User
from units.standing import Standing, standing


def reviewed_by(who: Standing) -> QuerySet[ProgressReport]:
    """Handed-in reports of the person's own sides, but none that one filed, signed or entered."""
    return _judged_by(who).filter(state=ReportState.SUBMITTED)


def judges(user: User, report: ProgressReport) -> bool:
    """Whether a report is the person's to review, in whatever state it is by now."""
    return _judged_by(standing(user)).filter(pk=report.pk).exists()


def _judged_by(who: Standing) -> QuerySet[ProgressReport]:
    reports = ProgressReport.objects.all()
    if not who.superuser:
        mine = coordinated_sides(who)
        reports = reports.filter(
            on_sides(mine, "responsibility__task__plan", "responsibility__side")
        )
    own = Q(filled_by=who.person) | Q(submitted_by=who.person) | Q(signed_by=who.person)
    return reports.exclude(own).exclude(_wrote(who))


def _wrote(who: Standing) -> Exists:
    """The person once saved this report, even if others have since."""
    entries = AuditEntry.objects.filter(
        actor=who.person,
        verb__in=("report.save", "report.submit", "report.sign", "report.sign_on_paper"),
        object_type=ProgressReport._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    return Exists(entries)


def is_own_office(user: User, report: ProgressReport) -> bool:
    """本单位审核: the lead is the office's host unit, or one of the reviewer's own."""
    duty = report.responsibility
    if duty.unit_id in standing(user).units:
        return True
    hosted = PlanSide.objects.filter(
        plan=duty.task.plan_id, jurisdiction=duty.side_id, office__host_unit=duty.unit_id
    )
    return hosted.exists()
