"""What the moves may change, as one picture, and which changes are legal."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from tasks.models import (
    Contribution,
    Ending,
    Extension,
    Finding,
    FindingStep,
    Milestone,
    Notice,
    Observation,
    Period,
    PeriodSide,
    ProgressReport,
    Responsibility,
    Snapshot,
)
from tasks.services.entry import FIELDS
from tasks.states import (
    CONTRIBUTION_MOVES,
    ENDING_MOVES,
    EXTENSION_MOVES,
    FINDING_MOVES,
    MILESTONE_MOVES,
    OBSERVATION_MOVES,
    REPORT_MOVES,
    TASK_MOVES,
    ContributionState,
    EndingState,
    ExtensionState,
    FindingState,
    MilestoneState,
    ObservationState,
    ReportState,
    TaskState,
)
from tests.faults.cast import Key
from units.models import AuditEntry

Row = tuple[Any, ...]
Picture = dict[Key, Row]

# Changed through services alone, by these tables.
TABLES: Mapping[type[Model], Mapping[Any, frozenset[Any]]] = {
    ProgressReport: REPORT_MOVES,
    Responsibility: TASK_MOVES,
    Ending: ENDING_MOVES,
    Extension: EXTENSION_MOVES,
    Milestone: MILESTONE_MOVES,
    Contribution: CONTRIBUTION_MOVES,
    Finding: FINDING_MOVES,
    Observation: OBSERVATION_MOVES,
}
FIRST: Mapping[type[Model], set[Any]] = {
    ProgressReport: {ReportState.DRAFT, ReportState.SUBMITTED},
    Responsibility: {TaskState.NOT_STARTED},
    Ending: {EndingState.CLAIMED},
    Extension: {ExtensionState.ASKED},
    Milestone: {MilestoneState.DRAFT, MilestoneState.PROPOSED},
    Contribution: {ContributionState.DRAFT, ContributionState.SUBMITTED},
    Finding: {FindingState.ISSUED},
    Observation: {ObservationState.DRAFT},
}
# Of each what makes a change: the state first, then the version, then what people have written.
WRITTEN: Mapping[type[Model], tuple[str, ...]] = {
    ProgressReport: ("state", "version", *FIELDS),
    Milestone: ("state", "version", "due_on", "title", "percent", "replaces_id"),
    Contribution: ("state", "version", "text"),
    Finding: ("state", "version", "problem", "demand"),
    Observation: ("state", "version", "value", "source_words", "supersedes_id"),
    Ending: ("state", "version", "kind", "reason", "shortfall", "carried_to_id"),
    Extension: ("state", "version", "new_due", "reason"),
}
KEPT: Mapping[type[Model], tuple[str, ...]] = {
    **WRITTEN,
    Finding: (*WRITTEN[Finding], "due_on", "office_answer", "closed_by_id"),
    ProgressReport: (*WRITTEN[ProgressReport], "reviewed_by_id", "return_reason", "unanswered"),
    Responsibility: ("state", "due_on"),
    FindingStep: ("kind", "text"),
    Period: ("state", "closed_on"),
    PeriodSide: ("closed_at", "missing", "unreviewed"),
    Snapshot: ("digest", "replaced_at"),
}
# Changes of these are on record with what they belong to.
WITH_OTHERS = (FindingStep, PeriodSide, Snapshot)
# Nothing else writes in what people have written.
WRITERS: Mapping[type[Model], frozenset[str]] = {
    ProgressReport: frozenset({"save", "submit", "take 配合"}),
    Contribution: frozenset({"save 配合", "tell 配合"}),
    Milestone: frozenset({"draft 节点"}),
    Observation: frozenset({"enter 监测值"}),
}
# On the way from the first to the last, a state is passed that is not kept.
PASSING = {"submit", "tell 配合"}


def picture() -> Picture:
    """What stands in every table that the moves change."""
    return {
        (model, row[0]): row[1:]
        for model, fields in KEPT.items()
        for row in model._default_manager.values_list("pk", *fields)
    }


def fingerprint() -> Row:
    """The same in one query, of all columns, with what is on record and what was told."""
    models: list[type[Model]] = [*KEPT, Notice]
    tables = [model._meta.db_table for model in models]
    rows = "(SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM {} t)"
    told = f"(SELECT max(id) FROM {AuditEntry._meta.db_table})"  # noqa: S608 - names of tables
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {told}, {', '.join(map(rows.format, tables))}")
        found = cursor.fetchone()
    assert found is not None
    return tuple(found)


def check_change(before: Picture, after: Picture, name: str, since: int) -> set[Any]:
    """What a move did is legal, is the move's to do, and is on record since an entry.

    Gives the models that changed.
    """
    changed = [key for key in after if after[key] != before.get(key)]
    gone = [key for key in before if key not in after]
    told = set(AuditEntry.objects.filter(pk__gt=since).values_list("object_type", "object_id"))
    for model, pk in (*changed, *gone):
        if model not in WITH_OTHERS:
            assert (model._meta.label_lower, str(pk)) in told, f"{name}: {model} not on record"
    for key in gone:
        assert (key[0], before[key][0]) == (Milestone, MilestoneState.DRAFT), (name, key)
    for key in changed:
        if key[0] in TABLES:
            _check_step(key[0], before.get(key), after[key], name)
    return {key[0] for key in (*changed, *gone)}


def _check_step(model: type[Model], old: Row | None, new: Row, name: str) -> None:
    """One row's change of state is one that its table allows, and of its words its writer's."""
    if old is None:
        assert new[0] in FIRST[model], (name, model, new)
        return
    if old[0] != new[0]:
        table = TABLES[model]
        through = {to for step in table[old[0]] for to in table[step]}
        passes = name in PASSING and new[0] in through
        assert new[0] in table[old[0]] or passes, (name, model, old[0], new[0])
    if model in WRITTEN:
        assert new[1] > old[1], (name, model, "same version")
        end = len(WRITTEN[model])
        mine = name in WRITERS.get(model, ())
        assert mine or old[2:end] == new[2:end], f"{name}: {model} was written over"
