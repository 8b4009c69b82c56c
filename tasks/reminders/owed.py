"""What sides and units owe in quarters that are open, and units that nobody can be told of."""

import datetime
from typing import Any

from django.db.models import CharField, DateField, Exists, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from tasks.models import Contribution, PeriodSide, ProgressReport, Responsibility
from tasks.reminders.day import Rows, as_columns, on_day, reminding, subjects
from tasks.states import Role
from tracker.lib.workdays import ONE_DAY
from units.models import Membership
from units.states import Role as PersonRole


def reports_returned(today: datetime.date) -> Rows:
    """已退回: to be handed in again, by a day of its own; told when it came back, too."""
    rows = _in_open_quarters(Responsibility.objects.going_on(today), today).filter(
        reports__period=F("quarter_no"),
        reports__in=ProgressReport.objects.sent_back_on(today).order_by().values("pk"),
    )
    return subjects(
        rows.annotate(back_at=F("reports__reviewed_at")),
        "report",
        duty="",
        due=F("reports__redo_by"),
        since=on_day("back_at"),
        quarter=F("quarter_code"),
    )


def reports(today: datetime.date) -> Rows:
    """Reports that were never handed in."""
    filed = ProgressReport.objects.filter(
        responsibility=OuterRef("pk"), period=OuterRef("quarter_no")
    )
    rows = _in_open_quarters(Responsibility.objects.going_on(today), today).filter(
        ~Exists(filed.handed_in_on(today)), ~Exists(filed.sent_back_on(today))
    )
    return subjects(rows, "report", duty="", due=F("quarter_due"), quarter=F("quarter_code"))


def contributions(today: datetime.date) -> Rows:
    """配合情况 that a lead still waits for, with the day for cooperating units."""
    told = Contribution.objects.told().filter(
        responsibility=OuterRef("pk"), period=OuterRef("quarter_no")
    )
    filed = ProgressReport.objects.handed_in_on(today).filter(
        responsibility=OuterRef("pk"), period=OuterRef(OuterRef("quarter_no"))
    )
    waiting = Responsibility.objects.going_on(today).filter(~Exists(filed), task=OuterRef("task"))
    own = waiting.filter(Q(side=OuterRef("side")) | Q(side=None))
    helping = Responsibility.objects.filter(role=Role.COOPERATING)
    rows = _in_open_quarters(helping, today).filter(
        ~Exists(told),
        Q(Exists(own)) | Q(Exists(waiting), side=None),
        quarter_help_due__isnull=False,
    )
    return subjects(
        rows, "contribution", duty="", due=F("quarter_help_due"), quarter=F("quarter_code")
    )


def _in_open_quarters(rows: Any, today: datetime.date) -> Any:
    """Each row with each quarter of its plan that was open on the day and not closed on its side.

    Not those before 启用季度 (补录, without reminders); what comes after closing is a 补报.
    """
    code = Concat(
        Cast("task__plan__periods__year", CharField()),
        Value("Q"),
        Cast("task__plan__periods__quarter", CharField()),
        output_field=CharField(),
    )
    closed = PeriodSide.objects.filter(
        period=OuterRef("quarter_no"), side=OuterRef("side"), closed_at__isnull=False
    )
    rows = rows.filter(task__plan__in=reminding(today)).annotate(
        quarter_no=F("task__plan__periods__pk"),
        quarter_code=code,
        quarter_opens=F("task__plan__periods__opens_on"),
        quarter_due=F("task__plan__periods__due_on"),
        quarter_help_due=F("task__plan__periods__contributions_due_on"),
        quarter_closed=F("task__plan__periods__closed_on"),
    )
    return rows.filter(
        ~Exists(closed),
        Q(quarter_closed=None) | Q(quarter_closed__gt=today),
        quarter_opens__lte=today,
        quarter_code__gte=F("task__plan__tracked_from"),
    )


def units_without_people(today: datetime.date) -> Rows:
    """Units that lead and have nobody with an account who fills in; since when it is so."""
    posts = Membership.objects.filter(role=PersonRole.OFFICER, unit=OuterRef("unit"))
    left = posts.filter(until__lt=today).order_by().values("unit").annotate(last=Max("until"))
    gone = Cast(Subquery(left.values("last")) + ONE_DAY, DateField())
    begun = F("task__plan__reminders_from")
    rows = _leading(today).filter(~Exists(posts.current(today)))
    return _units(rows, "nobody", due=Greatest(begun, Coalesce(gone, begun)))


def units_without_liaison(today: datetime.date) -> Rows:
    """Units that lead and have named no 联络员 for the plan."""
    posts = Membership.objects.current(today).filter(role=PersonRole.LIAISON, unit=OuterRef("unit"))
    named = Responsibility.objects.filter(
        unit=OuterRef("unit"), task__plan=OuterRef("task__plan")
    ).exclude(liaison="")
    rows = _leading(today).filter(~Exists(posts), ~Exists(named))
    return _units(rows, "liaison", due=F("task__plan__reminders_from"))


def _leading(today: datetime.date) -> Any:
    return Responsibility.objects.going_on(today).filter(task__plan__in=reminding(today))


def _units(rows: Any, kind: str, *, due: Any) -> Rows:
    """One row a unit, plan and side, however many tasks it leads."""
    plan = F("task__plan_id")
    values = {
        "number": F("unit_id"),
        "tail": Cast(plan, CharField()),
        "due": due,
        "plan": plan,
        "side": F("side_id"),
        "unit": F("unit_id"),
    }
    return as_columns(rows, kind, values).distinct()
