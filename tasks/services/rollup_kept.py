"""Roll-ups of closed quarters: the same counts over what the closings kept."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from tasks import policy
from tasks.models import PlanSide, Snapshot, SnapshotRow
from tasks.services.rollup_shapes import By, Found
from tasks.services.tally import grouped
from tasks.states import REPORTED_STATES, LightWord, ReportState, TaskState
from units.models import Jurisdiction, User, codes_below
from units.policy import standing

# A task's action is the present one: it is no figure of a quarter.
KEYS = {
    By.PLAN: "snapshot__period__plan_id",
    By.ACTION: "responsibility__task__action_id",
    By.SIDE: "side_id",
    By.UNIT: "unit_id",
    By.JURISDICTION: "unit__jurisdiction_id",
}
COLUMNS = ("key", "name", "side", "joint", "word", "state", "told", "close", "filing")


def below(place: Jurisdiction) -> Any:
    """The place and those below it."""
    return Jurisdiction.objects.filter(codes_below([place.code]))


def joint_plans() -> Any:
    """Plans that several sides have together."""
    return PlanSide.objects.values("plan").annotate(n=Count("pk")).filter(n__gt=1).values("plan")


def count(user: User, by: By, periods: Sequence[int], place: Jurisdiction | None) -> list[Found]:
    """The sides as they were kept, counted by everything that a line tells; one query.

    Who then led also reads what was handed in then, as in the books.
    """
    rows = SnapshotRow.objects.filter(
        snapshot__in=Snapshot.objects.in_force().filter(period__in=periods)
    )
    if place is not None:
        rows = rows.filter(side__in=below(place))
    led = Q(unit__in=standing(user).units)
    told, close = (
        Case(
            When(
                led | Exists(policy.scope(user, verb).filter(pk=OuterRef("responsibility"))), True
            ),
            default=False,
        )
        for verb in ("progress.view", "handed_in.view")
    )
    asked = rows.order_by().values(
        r_key=F(KEYS[by]),
        r_name=F("unit_name") if by == By.UNIT else Value(""),
        r_side=F("side_id"),
        r_joint=Case(When(snapshot__period__plan__in=joint_plans(), then=True), default=False),
        r_word=F("light_word"),
        r_state=F("state"),
        r_told=told,
        r_close=close,
        r_filing=Case(
            When(report_state=ReportState.APPROVED, then=Value(ReportState.APPROVED)),
            When(report_state__in=REPORTED_STATES, then=Value(ReportState.SUBMITTED)),
            When(report_state="", then=Value("")),
            default=Value(ReportState.RETURNED),
        ),
        r_percent=F("percent"),
    )
    return [_found(*row) for row in grouped(asked, [f"r_{key}" for key in COLUMNS], "r_percent")]


def _found(
    key: int | None,
    name: str,
    side: int | None,
    joint: bool,
    word: str,
    state: str,
    told: bool,
    close: bool,
    filing: str,
    number: int,
    figures: int,
    points: int | None,
) -> Found:
    return Found(
        key,
        side,
        joint,
        LightWord(word) if word else None,
        TaskState(state),
        told,
        close,
        # Before approval a report is known to those alone who read what is handed in.
        filing if told and (close or filing == ReportState.APPROVED) else "",
        number,
        figures,
        points or 0,
        name,
    )
