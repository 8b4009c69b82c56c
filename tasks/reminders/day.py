"""What is outstanding on a day: words whose rows all have the same columns, one a subject.

Each word is judged by what was so when the day was over, as far as rows tell, and asks for its
rows in one query. What a side of a task still owes in an open quarter stands in owed.py.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, LPad, TruncDate

from tasks.models import (
    Assignment,
    Ending,
    Extension,
    Finding,
    Milestone,
    Observation,
    Plan,
    ProgressReport,
    Responsibility,
    Target,
)
from tasks.services.reminder_settings import TARGET_DAY
from tasks.states import ENDED_STATES, MilestoneState
from tracker.lib.workdays import SHANGHAI, end_of

# A subject: whom and what it concerns, when it is due, and since when it is told besides.
# `of_unit` 0 is nobody's unit, `of_side` 0 the whole plan; `of_what` is said beside the task.
COLUMNS = (
    "of_number",
    "of_key",
    "of_due",
    "of_since",
    "of_plan",
    "of_side",
    "of_unit",
    "of_duty",
    "of_task",
    "of_quarter",
    "of_plans",
    "of_what",
)
Rows = Any  # a queryset of such columns, whatever model its rows are of
NOTHING = Value(0, BigIntegerField())


def subjects(rows: Any, kind: str, *, duty: str = "responsibility", **columns: Any) -> Rows:
    """Rows about a responsibility, which `duty` leads to, as subjects; `columns` say the rest.

    The key is the kind, the row's number and, where there is one, the quarter.
    """
    to = f"{duty}__" if duty else ""
    given = {
        "number": F("pk"),
        "plan": F(f"{to}task__plan_id"),
        "side": F(f"{to}side_id"),
        "unit": F(f"{to}unit_id"),
        "duty": F(f"{to}pk"),
        "task": F(f"{to}task_id"),
    }
    return as_columns(rows, kind, given | columns)


def as_columns(rows: Any, kind: str, given: Mapping[str, Any]) -> Rows:
    """The rows with `COLUMNS` alone; what is not given is 0, empty, or the due date."""
    tail = given.get("quarter") or given.get("tail")
    key = [Value(f"{kind}/"), Cast(given["number"], CharField())]
    if tail is not None:
        key += [Value("/"), tail]
    number = {
        f"of_{name}": Coalesce(given.get(name, NOTHING), NOTHING, output_field=BigIntegerField())
        for name in ("plan", "side", "unit", "duty", "task")
    }
    text = {
        f"of_{name}": Cast(given.get(name, Value("")), TextField()) for name in ("quarter", "what")
    }
    due = Cast(given["due"], DateField())
    return (
        rows.order_by()
        .annotate(
            of_number=given["number"],
            of_key=Concat(*key, output_field=CharField()),
            of_due=due,
            of_since=Cast(given.get("since", given["due"]), DateField()),
            of_plans=given.get("plans", Value(False)),
            **number,
            **text,
        )
        .values(*COLUMNS)
    )


def on_day(moment: str) -> TruncDate:
    """The day of a moment."""
    return TruncDate(moment, tzinfo=SHANGHAI)


def reminding(today: datetime.date) -> Any:
    """The plans whose reminders have begun."""
    return Plan.objects.reminding(today).order_by().values("pk")


# --- sides of tasks --------------------------------------------------------------------------


def tasks(today: datetime.date) -> Rows:
    """Sides that are not done and have a date, of their own or the plan's."""
    rows = Responsibility.objects.unmet(today).filter(task__plan__in=reminding(today))
    due = Coalesce("due_on", "task__due_on", "task__plan__ends_on")
    plans = ExpressionWrapper(Q(due_on=None, task__due_on=None), BooleanField())
    return subjects(rows, "task", duty="", due=due, plans=plans).filter(of_due__isnull=False)


def milestones(today: datetime.date) -> Rows:
    """Confirmed milestones that are not met."""
    rows = Milestone.objects.unmet_on(today).filter(
        responsibility__in=Responsibility.objects.unmet(today).order_by().values("pk"),
        responsibility__task__plan__in=reminding(today),
    )
    return subjects(rows, "milestone", due=F("due_on"), what=F("title"))


# --- what one asked of another -----------------------------------------------------------------


def assignments_unsigned(today: datetime.date) -> Rows:
    """待签收: handed out, also to cooperating units, and not signed for; told on that day, too."""
    rows = Assignment.objects.filter(
        Q(signed_at=None) | Q(signed_at__gte=end_of(today)),
        assigned_at__lt=end_of(today),
        responsibility__task__plan__in=reminding(today),
    ).exclude(responsibility__state__in=ENDED_STATES)
    return subjects(
        rows,
        "assignment",
        number=F("responsibility__pk"),
        due=F("sign_by"),
        since=on_day("assigned_at"),
    )


def findings_to_answer(today: datetime.date) -> Rows:
    """督查整改: before its day and after it; told when it was issued or given back, too."""
    rows = _of_plans(Finding.objects.to_answer_at(end_of(today)), today)
    return subjects(rows, "finding", due=F("until"), since=on_day("since"))


def proposals_to_answer(today: datetime.date) -> Rows:
    """建议撤销办结: before the day by which the office answers and after it."""
    rows = _of_plans(Finding.objects.to_decide_at(end_of(today)), today)
    return subjects(rows, "proposal", due=F("office_due_on"), since=on_day("issued_at"))


# --- what waits for somebody since a day -------------------------------------------------------


def signatures_waiting(today: datetime.date) -> Rows:
    """待审签: with the unit's signer."""
    rows = _of_plans(ProgressReport.objects.to_sign_on(today), today)
    return subjects(rows, "signature", due=on_day("sign_asked_at"), quarter=_quarter())


def reviews_waiting(today: datetime.date) -> Rows:
    """待审核: reports with the office; not 补录, which nobody hurries."""
    rows = _of_plans(ProgressReport.objects.to_review_on(today), today)
    rows = rows.annotate(in_quarter=_quarter())
    rows = rows.filter(in_quarter__gte=F("responsibility__task__plan__tracked_from"))
    return subjects(rows, "review", due=on_day("submitted_at"), quarter=_quarter())


def observations_waiting(today: datetime.date) -> Rows:
    """待审核: measured values with the office."""
    rows = Observation.objects.to_review_on(today).filter(target__plan__in=reminding(today))
    return as_columns(
        rows,
        "observation",
        {
            "number": F("pk"),
            "due": on_day("submitted_at"),
            "plan": F("target__plan_id"),
            "side": F("side_id"),
            "unit": F("unit_id"),
            "what": F("indicator__name"),
        },
    )


def extensions_waiting(today: datetime.date) -> Rows:
    """延期待审批."""
    rows = _of_plans(Extension.objects.waiting_on(today), today)
    return subjects(rows, "extension", due=on_day("asked_at"))


def endings_waiting(today: datetime.date) -> Rows:
    """办结、长期坚持、结转、中止 that were claimed, with the office."""
    rows = _of_plans(Ending.objects.waiting_on(today), today)
    return subjects(rows, "ending", due=on_day("claimed_at"), what=F("kind"))


def milestones_waiting(today: datetime.date) -> Rows:
    """节点待确认、完成待核, with the office."""
    proposed = When(state=MilestoneState.PROPOSED, then=on_day("proposed_at"))
    rows = _of_plans(Milestone.objects.to_decide(), today)
    rows = rows.annotate(asked=Case(proposed, default=on_day("claimed_at")))
    rows = rows.filter(asked__lte=today)
    return subjects(rows, "milestone_asked", due=F("asked"), what=F("title"))


# --- figures -----------------------------------------------------------------------------------


def targets_without_value(today: datetime.date) -> Rows:
    """Targets of a year that is over, with no figure to judge them by; told from the plan's day."""
    rows = Target.objects.without_value(today).filter(plan__in=reminding(today))
    kept = KeyTextTransform("target_day", "plan__reminder_settings")
    day = Coalesce(kept, Value(TARGET_DAY), output_field=TextField())
    year = Cast(F("year") + 1, CharField())
    return as_columns(
        rows,
        "target",
        {
            "number": F("pk"),
            "due": Concat(LPad(year, 4, Value("0")), Value("-"), day, output_field=TextField()),
            "plan": F("plan_id"),
            "side": Value(0),
            "unit": F("unit_id"),
            "task": F("task_id"),
            "what": F("indicator__name"),
        },
    )


def _of_plans(rows: Any, today: datetime.date) -> Any:
    """Of plans whose reminders have begun."""
    return rows.filter(responsibility__task__plan__in=reminding(today))


def _quarter() -> Concat:
    return Concat(
        Cast("period__year", CharField()),
        Value("Q"),
        Cast("period__quarter", CharField()),
        output_field=CharField(),
    )
