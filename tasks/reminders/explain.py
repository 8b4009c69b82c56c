"""Why a notice is to be made, in words for the dry run."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.reminders.engine import Planned
from tasks.reminders.rules import NO_OFFICER, OFFICE, OFFICER, SIGNER

RULE_NAMES = {
    "task_overdue": gettext_lazy("任务逾期"),
    "task_expired": gettext_lazy("期满未办结"),
    "report_overdue": gettext_lazy("进展未报"),
    "report_due": gettext_lazy("进展将到期"),
    "task_due": gettext_lazy("任务将到期"),
    NO_OFFICER: gettext_lazy("单位无填报人"),
}
CAPACITIES = {
    OFFICER: gettext_lazy("填报人"),
    SIGNER: gettext_lazy("审签人"),
    OFFICE: gettext_lazy("协调办公室"),
}


def named_rule(key: str) -> str:
    """The rule's name for people."""
    return str(RULE_NAMES.get(key, key))


def because(planned: Planned) -> str:
    """In which capacity the person is told, and since when the step stands."""
    notice = planned.notice
    if notice.step < 0:
        text = _("%(who)s；到期前%(n)d个工作日（%(day)s起）")
    elif notice.step == 0:
        text = _("%(who)s；到期当日（%(day)s起）")
    else:
        text = _("%(who)s；到期后%(n)d个工作日（%(day)s起）")
    return text % {
        "who": CAPACITIES[notice.params["verb"]],
        "n": abs(notice.step),
        "day": planned.reached_on.isoformat(),
    }
