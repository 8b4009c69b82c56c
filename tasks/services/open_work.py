"""What lies open with a post: shown before it is handed over, and carried over then."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tasks.models import Notice, Period, PlanSide, ProgressReport, Responsibility
from tasks.models.home import at_home
from tasks.states import NoticeState, PeriodState, PlanStatus, ReportState
from units.models import Membership, Unit, User
from units.services import audit


def units_of(offices: Collection[int]) -> QuerySet[Unit]:
    """The units whose people the offices look after, by the issued plans of their sides.

    These are at home there, or a document names them there. Who else is named in a duty by hand
    cooperates all the same; their people are asked about by their own office.
    """
    sides = PlanSide.objects.filter(
        office__in=offices, plan=OuterRef("task__plan"), jurisdiction=OuterRef("side")
    )
    issued = Responsibility.objects.filter(Exists(sides), task__plan__status=PlanStatus.ISSUED)
    return Unit.objects.filter(pk__in=at_home(issued).values("unit"))


@dataclass(frozen=True)
class OpenWork:
    """Reports of the unit in hand, those not begun, and what the person has not read."""

    drafts: list[ProgressReport]
    returned: list[ProgressReport]
    due: list[tuple[Responsibility, Period]]
    notices: list[Notice]

    @property
    def is_none(self) -> bool:
        return not (self.drafts or self.returned or self.due or self.notices)


def open_work(post: Membership) -> OpenWork:
    """What whoever takes the post over will find; a constant number of queries."""
    notices = list(_open_notices(post).select_related("task__plan", "unit").order_by("-made_on"))
    if post.unit_id is None:
        return OpenWork([], [], [], notices)
    reports = ProgressReport.objects.filter(
        responsibility__unit=post.unit_id, period__state=PeriodState.OPEN
    ).select_related("responsibility__task__plan", "period")
    by_side = {(one.responsibility_id, one.period_id): one for one in reports}
    sides = Responsibility.objects.open().filter(unit=post.unit_id).select_related("task__plan")
    periods: dict[int, list[Period]] = {}
    for period in Period.objects.filter(state=PeriodState.OPEN).select_related("plan"):
        periods.setdefault(period.plan_id, []).append(period)
    due = [
        (side, period)
        for side in sides
        for period in periods.get(side.task.plan_id, [])
        if (side.pk, period.pk) not in by_side
    ]
    in_hand = list(by_side.values())
    return OpenWork(
        drafts=[one for one in in_hand if one.state == ReportState.DRAFT],
        returned=[one for one in in_hand if one.state == ReportState.RETURNED],
        due=due,
        notices=notices,
    )


def _open_notices(post: Membership) -> QuerySet[Notice]:
    """Unread ones that the post brought: about the unit, or about tasks of the office's side."""
    unread = Notice.objects.filter(recipient=post.user_id).unread()
    about: Any = Q(pk__in=[])
    if post.unit_id is not None:
        about = Q(unit=post.unit_id) | Q(unit=None, task__responsibilities__unit=post.unit_id)
    if post.office_id is not None:
        plans = PlanSide.objects.filter(office=post.office_id).values("plan")
        about = Q(task__plan__in=plans)
    return unread.filter(pk__in=Notice.objects.filter(about).values("pk"))


@transaction.atomic
def carry_notices(post: Membership, successor: User) -> int:
    """Tell the successor what the leaver had not read; the leaver's own go away, on record.

    A notice of which the successor already has the twin is not told twice.
    """
    mine = list(_open_notices(post).select_for_update(of=("self",)))
    copies = [
        Notice(
            rule=one.rule,
            subject=one.subject,
            due_on=one.due_on,
            step=one.step,
            recipient=successor,
            task_id=one.task_id,
            unit_id=one.unit_id,
            params=one.params,
            path=one.path,
            made_on=one.made_on,
        )
        for one in mine
    ]
    Notice.objects.bulk_create(copies, ignore_conflicts=True)
    Notice.objects.filter(pk__in=[one.pk for one in mine]).update(state=NoticeState.DROPPED)
    if mine:
        audit.record(
            "notice.hand_over",
            post,
            by=None,
            before={"recipient": post.user},
            after={"recipient": successor, "number": len(mine)},
        )
    return len(mine)
