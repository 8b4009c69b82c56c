"""Who sees what, spelt out from docs/who-sees-what.md for the people of a cast."""

from collections.abc import Container, Iterator
from typing import Any

from tasks import policy
from tasks.models import (
    Contribution,
    Ending,
    Extension,
    Finding,
    Milestone,
    Observation,
    ProgressReport,
)
from tasks.models.contributions import CONTRIBUTION_TOLD
from tasks.states import (
    HANDED_IN_STATES,
    OBSERVATION_HANDED_IN,
    SCHEDULE_STATES,
    ContributionState,
    EndingState,
    ExtensionState,
    MilestoneState,
    ObservationState,
    ReportState,
)
from tests.faults.cast import Cast

UNIT = {"officer", "signer"}
CLOSE = {*UNIT, "coord", "insp"}
# Those of one side, the other side's by the same names with a 2.
EVERYBODY = {name + mark for name in (*CLOSE, "helper") for mark in ("", "2")} | {"stranger"}
INSPECTORS = {"insp", "insp2"}
# The parties of the task, and both offices of its plan.
PARTIES = EVERYBODY - {"stranger"} - INSPECTORS


def readers(row: Any) -> set[str]:
    """Who reads the row, by name; of Chongqing's, were it Sichuan's the names are turned."""
    close: set[str] = {"insp", "coord"}
    match row:
        case ProgressReport(state=ReportState.APPROVED):
            return PARTIES | {"insp"}
        case ProgressReport():
            return CLOSE if row.state in HANDED_IN_STATES else UNIT
        case Milestone():
            if row.state in SCHEDULE_STATES:
                return EVERYBODY
            return UNIT if row.state == MilestoneState.DRAFT else CLOSE
        case Extension(state=ExtensionState.GRANTED):
            return PARTIES | {"insp"}
        case Ending(state=EndingState.ACCEPTED | EndingState.REVOKED):
            return PARTIES | {"insp"}
        case Extension() | Ending() | Finding():
            return CLOSE
        case Contribution():
            return _readers_of_part(row)
        case Observation(state=ObservationState.APPROVED):
            return EVERYBODY
        case Observation():
            own = UNIT if row.unit_id else {"coord"}
            return own | close if row.state in OBSERVATION_HANDED_IN else own
    raise ValueError(row)


def _readers_of_part(row: Contribution) -> set[str]:
    if row.state not in CONTRIBUTION_TOLD:
        return {"helper"}
    reports = ProgressReport.objects.filter(
        responsibility__task=row.responsibility.task_id,
        responsibility__side=row.responsibility.side_id,
        period=row.period_id,
    )
    state = reports.values_list("state", flat=True).first()
    seen = {"helper", *UNIT}
    if state in HANDED_IN_STATES:
        seen |= {"coord", "insp"}
    if state == ReportState.APPROVED and row.state == ContributionState.TAKEN:
        seen |= PARTIES
    return seen


def turned(names: set[str]) -> set[str]:
    """The same people of the other side."""
    return {n if n == "stranger" else n[:-1] if n.endswith("2") else f"{n}2" for n in names}


VIEWS: dict[str, type[Any]] = {
    "report.view": ProgressReport,
    "milestone.view": Milestone,
    "extension.view": Extension,
    "ending.view": Ending,
    "finding.view": Finding,
    "contribution.view": Contribution,
    "observation.view": Observation,
}
ALL = frozenset(VIEWS.values())


def wrong_sights(cast: Cast, of: Container[Any] = ALL) -> Iterator[tuple[str, Any, str, bool]]:
    """Who sees, of these models, what the table does not say, or not what it says."""
    first = cast.plan_sides[0].jurisdiction_id
    for verb, model in VIEWS.items():
        if model not in of:
            continue
        related = () if model is Observation else ("responsibility",)
        rows = list(model._default_manager.select_related(*related))
        if not rows:
            continue
        expected = {row.pk: _names(row, first) for row in rows}
        for name, user in cast.people.items():
            seen = set(policy.scope(user, verb).values_list("pk", flat=True))
            for row in rows:
                if (row.pk in seen) != (name in expected[row.pk]):
                    yield verb, row.state, name, row.pk in seen


def _names(row: Any, first: int) -> set[str]:
    side = row.side_id if isinstance(row, Observation) else row.responsibility.side_id
    return readers(row) if side == first else turned(readers(row))
