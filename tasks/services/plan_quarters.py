"""From which quarter a plan may be tracked."""

from django.utils.translation import gettext as _

from tasks.models import Plan
from tracker.lib.workdays import Quarter, quarter_of


def quarters_of(plan: Plan) -> list[tuple[str, str]]:
    """The quarters from which a plan may be tracked: those of its time, none before it has one."""
    begin = plan.starts_on or plan.signed_on or plan.printed_on or plan.published_on
    end = plan.ends_on or begin
    named = {plan.tracked_from} - {""}
    if begin and end:
        quarter = quarter_of(begin)
        while quarter.first_day <= end:
            named.add(str(quarter))
            quarter = quarter.next
    found = ((code, Quarter.parse(code).label) for code in sorted(named))
    return [("", _("尚未启用")), *found]
