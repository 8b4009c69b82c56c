"""What stands with a report besides its text: warnings, evidence, the office's answer."""

from typing import Any

from tasks import policy
from tasks.forms.coordination import AnswerForm
from tasks.models import ProgressReport
from tasks.services.review_queue import flags_of
from tasks.views import evidence
from units.models import User


def context_of(user: User, report: ProgressReport) -> dict[str, Any]:
    """What `tasks/_report_notes.html` shows. Warnings are between the unit and its office."""
    told = bool(report.flags) and policy.can(user, "reason.view", report)
    may_answer = bool(report.coordination) and policy.can(user, "report.answer", report)
    return {
        **evidence.context_of(report, user),
        "warned": flags_of(user, report) if told else [],
        "may_answer": may_answer,
        "answer_form": AnswerForm.of(report) if may_answer else None,
    }
