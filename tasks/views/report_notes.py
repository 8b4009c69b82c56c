"""What stands with a report besides its text: warnings, evidence, the office's answer."""

from typing import Any

from tasks import policy
from tasks.forms.coordination import AnswerForm
from tasks.models import ProgressReport
from tasks.services import checks
from tasks.views import evidence
from units.models import User


def warned(user: User, report: ProgressReport, flags: list[checks.Flag]) -> list[checks.Warned]:
    """The warnings in words; of another unit's report, a way to it where the person may read it."""
    named = checks.reports_in(flags) - {report.pk}
    seen = policy.scope(user, "report.view").filter(pk__in=named) if named else None
    return checks.told(flags, seen.values_list("pk", flat=True) if seen is not None else ())


def context_of(user: User, report: ProgressReport) -> dict[str, Any]:
    """What `tasks/_report_notes.html` shows. Warnings are between the unit and its office."""
    told = bool(report.flags) and policy.can(user, "reason.view", report)
    may_answer = bool(report.coordination) and policy.can(user, "report.answer", report)
    return {
        **evidence.context_of(report, user),
        "warned": warned(user, report, report.flags) if told else [],
        "may_answer": may_answer,
        "answer_form": AnswerForm.of(report) if may_answer else None,
    }
