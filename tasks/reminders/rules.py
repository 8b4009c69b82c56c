"""The rules, declared once. docs/how-to-add-a-reminder.md says how to add one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tasks.models import Notice, Plan
from tasks.reminders import by_hand, day, owed, paths, personal, waiting_words, when, wording
from tasks.reminders.reminder import COUNTER, HELPER, OFFICE, OFFICER, SIGNER, Reminder
from tasks.services.reminder_settings import RuleSteps, stated

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

BEFORE = (-7, -3, -1, 0)
SOON = (-3, -1, 0)
AFTER = (1, 3, 7)
EVERY = 20
BEFORE_TELL = {BEFORE[0]: OFFICER}
AFTER_TELL = {1: OFFICER, 3: SIGNER, 7: OFFICE}
AT_ONCE = -366  # before any step of a quarter
LADDER = {AT_ONCE: OFFICER, 3: SIGNER, 7: OFFICE}
WAITS = (2, 5)
WAITS_TELL = {2: OFFICE}

# The most urgent first: messages list them in this order.
RULES = (
    Reminder(
        "task_overdue",
        _("任务逾期"),
        day.tasks,
        AFTER,
        AFTER_TELL,
        wording.task_overdue,
        paths.TASK,
        repeat=EVERY,
        when=when.past_own,
    ),
    Reminder(
        "task_expired",
        _("期满未办结"),
        day.tasks,
        AFTER,
        AFTER_TELL,
        wording.task_expired,
        paths.TASK,
        repeat=EVERY,
        when=when.past_plans,
    ),
    Reminder(
        "report_overdue",
        _("进展未报"),
        owed.reports,
        AFTER,
        AFTER_TELL,
        wording.report_overdue,
        paths.REPORT,
        repeat=EVERY,
        when=when.past,
    ),
    Reminder(
        "report_returned",
        _("进展已退回"),
        owed.reports_returned,
        (*BEFORE, *AFTER),
        LADDER,
        wording.report_returned,
        paths.REPORT,
        repeat=EVERY,
        at_once=True,
    ),
    Reminder(
        "finding_due",
        _("督查整改"),
        day.findings_to_answer,
        (*BEFORE, *AFTER),
        LADDER,
        wording.finding_due,
        paths.FINDING,
        paths.FINDING,
        repeat=EVERY,
        at_once=True,
    ),
    Reminder(
        "proposal_due",
        _("撤销办结待答复"),
        day.proposals_to_answer,
        (*BEFORE, *AFTER),
        {AT_ONCE: OFFICE},
        wording.proposal_due,
        paths.FINDING,
        repeat=EVERY,
        at_once=True,
    ),
    Reminder(
        "milestone_overdue",
        _("节点逾期"),
        day.milestones,
        AFTER,
        AFTER_TELL,
        wording.milestone_overdue,
        paths.MILESTONE,
        paths.MILESTONE,
        repeat=EVERY,
        when=when.past,
    ),
    Reminder(
        "contribution_overdue",
        _("配合情况未反馈"),
        owed.contributions,
        AFTER,
        {1: HELPER, 3: SIGNER, 7: OFFICE},
        wording.contribution_overdue,
        paths.CONTRIBUTION,
        when=when.past,
    ),
    Reminder(
        "assignment_unsigned",
        _("交办待签收"),
        day.assignments_unsigned,
        (-1, 0, *AFTER),
        LADDER,
        wording.assignment_unsigned,
        paths.TASK,
        at_once=True,
    ),
    Reminder(
        "signature_waiting",
        _("进展待审签"),
        day.signatures_waiting,
        (0, 2, 4),
        {0: SIGNER, 4: OFFICER},
        waiting_words.signature_waiting,
        paths.SIGNING,
        paths.REPORT,
        repeat=5,
    ),
    Reminder(
        "review_waiting",
        _("进展待审核"),
        day.reviews_waiting,
        WAITS,
        WAITS_TELL,
        waiting_words.review_waiting,
        paths.READ,
        repeat=5,
    ),
    Reminder(
        "ending_waiting",
        _("办结待核定"),
        day.endings_waiting,
        WAITS,
        WAITS_TELL,
        waiting_words.ending_waiting,
        paths.ENDING,
        repeat=5,
    ),
    Reminder(
        "extension_waiting",
        _("延期待审批"),
        day.extensions_waiting,
        WAITS,
        WAITS_TELL,
        waiting_words.extension_waiting,
        paths.EXTENSION,
        repeat=5,
    ),
    Reminder(
        "milestone_waiting",
        _("节点待确认"),
        day.milestones_waiting,
        WAITS,
        WAITS_TELL,
        waiting_words.milestone_waiting,
        paths.MILESTONE,
        repeat=5,
    ),
    Reminder(
        "observation_waiting",
        _("监测值待审核"),
        day.observations_waiting,
        WAITS,
        WAITS_TELL,
        waiting_words.observation_waiting,
        paths.OBSERVATION,
        repeat=5,
    ),
    Reminder(
        "report_due",
        _("进展将到期"),
        owed.reports,
        BEFORE,
        BEFORE_TELL,
        wording.report_due,
        paths.REPORT,
        when=when.ahead,
    ),
    Reminder(
        "contribution_due",
        _("配合情况将到期"),
        owed.contributions,
        SOON,
        {SOON[0]: HELPER},
        wording.contribution_due,
        paths.CONTRIBUTION,
        when=when.ahead,
    ),
    Reminder(
        "task_due",
        _("任务将到期"),
        day.tasks,
        BEFORE,
        BEFORE_TELL,
        wording.task_due,
        paths.TASK,
        when=when.ahead,
    ),
    Reminder(
        "milestone_due",
        _("节点将到期"),
        day.milestones,
        BEFORE,
        BEFORE_TELL,
        wording.milestone_due,
        paths.MILESTONE,
        when=when.ahead,
    ),
    Reminder(
        "target_without_value",
        _("目标无监测值"),
        day.targets_without_value,
        (-20, -5, 0, 5, 10),
        {-20: COUNTER, 5: OFFICE},
        wording.target_without_value,
        paths.OBSERVE,
        paths.TARGET,
        repeat=EVERY,
    ),
    Reminder(
        "no_officer",
        _("单位无填报人"),
        owed.units_without_people,
        (0, 5),
        {0: OFFICE},
        wording.no_officer,
        paths.UNIT,
        repeat=EVERY,
    ),
    Reminder(
        "no_liaison",
        _("单位无联络员"),
        owed.units_without_liaison,
        (0,),
        {0: OFFICE},
        wording.no_liaison,
        paths.CONTACTS,
        repeat=60,
        on=False,
    ),
)
BY_KEY: Mapping[str, Reminder] = {rule.key: rule for rule in RULES}
# About a unit, not about a task of it.
NO_OFFICER = "no_officer"

SENTENCES: Mapping[str, Callable[[Notice], str]] = {
    by_hand.URGE: by_hand.urged,
    **{rule.key: rule.sentence for rule in RULES},
    personal.PASSWORD: personal.password_due,
}
NAMES: Mapping[str, "StrPromise"] = {
    by_hand.URGE: _("函件待签收"),
    **{rule.key: rule.name for rule in RULES},
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


def defaults() -> dict[str, RuleSteps]:
    """What holds in a plan that says nothing, by rule."""
    return {rule.key: rule.own_steps for rule in RULES}


def steps_in(plan: Plan) -> Mapping[str, RuleSteps]:
    """What holds in the plan, by rule."""
    return stated(plan, defaults()).rules
