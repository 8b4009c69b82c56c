"""The rules, declared once. docs/how-to-add-a-reminder.md says how to add one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tasks.models import Notice
from tasks.reminders import personal, wording
from tasks.reminders.day import Day, Subject
from tasks.reminders.steps import Reached, reached, reached_since

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

OFFICER, SIGNER, OFFICE = "report.edit", "report.sign", "report.review"


@dataclass(frozen=True)
class Reminder:
    """What is told of which subjects, at which steps, to the holders of which verbs.

    `steps` are working days before and after the due date, `repeat` goes on from the last one;
    `tell` gives the verb whose holders are told from a step on; each person is told once.
    """

    key: str
    name: "StrPromise"
    subjects: Callable[[Day], Iterator[Subject]]
    steps: tuple[int, ...]
    tell: Mapping[int, str]
    sentence: Callable[[Notice], str]
    repeat: int = 0

    def reached(self, subject: Subject, day: Day) -> Reached | None:
        """The latest step whose day has come; what was returned is told at once."""
        if subject.returned_on is not None:
            return reached_since(
                subject.returned_on, subject.due_on, self.steps, self.repeat, day.today
            )
        return reached(subject.due_on, self.steps, self.repeat, day.today)

    def verbs(self, step: int) -> list[str]:
        """Whose holders are told at this step, nearest first."""
        return [verb for threshold, verb in sorted(self.tell.items()) if threshold <= step]


BEFORE = (-7, -3, -1, 0)
AFTER = (1, 3, 7)
EVERY = 20
BEFORE_TELL = {BEFORE[0]: OFFICER}
AFTER_TELL = {1: OFFICER, 3: SIGNER, 7: OFFICE}
AT_ONCE = -366  # before any step of a quarter

# The most urgent first: mails list them in this order.
RULES = (
    Reminder(
        "task_overdue",
        _("任务逾期"),
        Day.tasks_overdue,
        AFTER,
        AFTER_TELL,
        wording.task_overdue,
        repeat=EVERY,
    ),
    Reminder(
        "task_expired",
        _("期满未办结"),
        Day.tasks_expired,
        AFTER,
        AFTER_TELL,
        wording.task_expired,
        repeat=EVERY,
    ),
    Reminder(
        "report_overdue",
        _("进展未报"),
        Day.reports_overdue,
        AFTER,
        AFTER_TELL,
        wording.report_overdue,
        repeat=EVERY,
    ),
    Reminder(
        "report_returned",
        _("进展已退回"),
        Day.reports_returned,
        (*BEFORE, *AFTER),
        {AT_ONCE: OFFICER} | AFTER_TELL,
        wording.report_returned,
        repeat=EVERY,
    ),
    Reminder(
        "finding_due",
        _("督查整改"),
        Day.findings_to_answer,
        (*BEFORE, *AFTER),
        {AT_ONCE: OFFICER} | AFTER_TELL,
        wording.finding_due,
        repeat=EVERY,
    ),
    Reminder(
        "proposal_due",
        _("撤销办结待答复"),
        Day.proposals_to_answer,
        (*BEFORE, *AFTER),
        {AT_ONCE: OFFICE},
        wording.proposal_due,
        repeat=EVERY,
    ),
    Reminder(
        "assignment_unsigned",
        _("交办待签收"),
        Day.assignments_unsigned,
        (-1, 0, *AFTER),
        {AT_ONCE: OFFICER} | AFTER_TELL,
        wording.assignment_unsigned,
    ),
    Reminder(
        "report_due", _("进展将到期"), Day.reports_due, BEFORE, BEFORE_TELL, wording.report_due
    ),
    Reminder("task_due", _("任务将到期"), Day.tasks_due, BEFORE, BEFORE_TELL, wording.task_due),
)
# Follows from the others: the office is told where a unit has nobody to tell.
NO_OFFICER = "no_officer"

SENTENCES: Mapping[str, Callable[[Notice], str]] = {
    **{rule.key: rule.sentence for rule in RULES},
    NO_OFFICER: wording.no_officer,
    personal.PASSWORD: personal.password_due,
}
NAMES: Mapping[str, "StrPromise"] = {
    **{rule.key: rule.name for rule in RULES},
    NO_OFFICER: _("单位无填报人"),
    personal.PASSWORD: _("密码将到期"),
}
URGENCY = {key: n for n, key in enumerate(SENTENCES)}


def sentence(notice: Notice) -> str:
    """What the notice says, in the active language."""
    words = SENTENCES.get(notice.rule)
    return words(notice) if words else str(notice.params.get("task", notice.subject))


def named(key: str) -> str:
    """The rule's name for people."""
    return str(NAMES.get(key, key))
