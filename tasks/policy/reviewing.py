"""Where the office judges what the body in which it sits has reported; a part of the policy."""

from tasks.models import PlanSide, ProgressReport
from units.models import User
from units.standing import standing


def is_own_office(user: User, report: ProgressReport) -> bool:
    """本单位审核: the lead is the office's host unit, or one of the reviewer's own."""
    duty = report.responsibility
    if duty.unit_id in standing(user).units:
        return True
    hosted = PlanSide.objects.filter(
        plan=duty.task.plan_id, jurisdiction=duty.side_id, office__host_unit=duty.unit_id
    )
    return hosted.exists()
