"""What a snapshot keeps of each kind of row, and how it becomes rows again."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import models

from tasks.models import (
    Action,
    Assessment,
    Indicator,
    Observation,
    Period,
    Plan,
    ProgressReport,
    Responsibility,
    Snapshot,
    SnapshotRow,
    Target,
    Task,
)
from tasks.models.attainment import Attainment
from tasks.models.settings import SCORES
from tasks.services.entry import FIELDS
from tasks.services.frozen import Values, freeze, thaw
from tasks.services.plan_quarter import PlanQuarter
from tasks.services.quarter_history import PastQuarter, PastSide
from tasks.services.side_matters import Found, Granted, Matters
from tasks.states import Attained, FindingState, LightWord
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Region, Unit, User

PLAN = (
    "id", "code", "title", "short_title", "status", "number", "starts_on", "ends_on",
    "dates_note", "tracked_from", "jurisdiction_id", "region_id", *SCORES,
)  # fmt: skip
PLACE = ("id", "code", "name")
REGION = ("id", "name")
ACTION = ("id", "number", "numeral", "title")
TASK = ("id", "plan_id", "action_id", "number", "title", "summary", "due_on")
UNIT = ("id", "name", "order", "kind")
DUTY = (
    "id", "task_id", "unit_id", "role", "side_id", "order", "state", "state_since", "due_on",
    "leader", "division", "liaison", "phone",
)  # fmt: skip
FILED = ("id", "responsibility_id", "period_id", "kind", "state", "version", "redo_by")
TOLD = (*FIELDS, "submitted_at", "reviewed_at", "unanswered")
PERSON = ("id", "name", "phone")
JUDGED = (
    "id", "responsibility_id", "outcome", "reason", "version", "assessed_by_id", "assessed_at",
)  # fmt: skip
TARGET = (
    "id", "plan_id", "order", "indicator_id", "task_id", "unit_id", "kind", "year", "operator",
    "comparator", "value", "value_max", "category", "words", "baseline_year",
)  # fmt: skip
INDICATOR = ("id", "name", "measure")
SEEN = ("id", "value", "category", "period_text", "basis")


# --- kept -------------------------------------------------------------------------------------


def side_data(content: PlanQuarter, side: Responsibility) -> Values:
    """Of a side: its duty, the quarter's report as the office knows it, whom to call, 终期评估."""
    report = content.reports.get(side.pk)
    contact = content.contacts.get(side.unit_id)
    judged = content.assessments.get(side.pk)
    return {
        "duty": freeze(side, DUTY),
        "report": _report(report) if report else None,
        "contact": freeze(contact, PERSON) if contact else None,
        "assessment": freeze(judged, JUDGED) if judged else None,
        **_matters(content.matters.get(side.pk, Matters())),
    }


def _matters(matters: Matters) -> Values:
    return {
        "extensions": [_plain(one) for one in matters.extensions],
        "findings": [_plain(one) for one in matters.findings],
    }


def _plain(row: Granted | Found | PastSide) -> Values:
    """A row of no model, as JSON holds it."""
    dates = {name: value for name, value in asdict(row).items() if isinstance(value, datetime.date)}
    return asdict(row) | {name: value.isoformat() for name, value in dates.items()}


def _report(report: ProgressReport) -> Values:
    """What was sent back and is being mended is known as that, its new text to nobody."""
    return freeze(report, (*FILED, *TOLD) if report.is_reported else FILED)


def head_of(content: PlanQuarter) -> Values:
    """Of the plan as a whole."""
    plan = content.plan
    parts = [part for some in content.cooperating.values() for part in some]
    below = {task.pk: task for some in content.below.values() for task in some}.values()
    duties = [*content.sides, *parts, *(lead for task in below for lead in task.leads)]
    tasks = {duty.task_id: duty.task for duty in [*content.sides, *parts]}
    units = {duty.unit_id: duty.unit for duty in duties}
    units |= {one.unit_id: one.unit for one in content.targets if one.unit_id and one.unit}
    places = [duty.side for duty in duties] + [plan.jurisdiction]
    places += [task.plan.jurisdiction for task in below]
    return {
        "plan": freeze(plan, PLAN),
        "region": freeze(plan.region, REGION) if plan.region else None,
        "places": _once(places, PLACE),
        "units": _once(units.values(), UNIT),
        "actions": _once((task.action for task in tasks.values()), ACTION),
        "tasks": _once(tasks.values(), TASK),
        "cooperating": [freeze(part, DUTY) for part in parts],
        "below": [_below(task, content) for task in below],
        "above": [[pk, [task.pk for task in some]] for pk, some in content.below.items()],
        "targets": [_target(content, one) for one in content.targets],
        "past": [
            [str(one.quarter), [[pk, _plain(side)] for pk, side in one.sides.items()]]
            for one in content.past
        ],
    }


def _once(rows: Any, names: Sequence[str]) -> list[Values]:
    found = {row.pk: row for row in rows if row is not None}
    return [freeze(row, names) for row in found.values()]


def _below(task: Task, content: PlanQuarter) -> Values:
    leads = [
        {"duty": freeze(lead, DUTY), "word": lead.light_word(content.day).value}
        for lead in task.leads
    ]
    return {
        "plan": freeze(task.plan, PLAN),
        "task": freeze(task, TASK),
        "leads": leads,
    }


def _target(content: PlanQuarter, target: Target) -> Values:
    found = content.attainments[target.pk]
    seen = found.observation
    return {
        "target": freeze(target, TARGET),
        "indicator": freeze(target.indicator, INDICATOR),
        "result": found.result.value,
        "remarks": list(found.remarks),
        "is_due": found.is_due,
        "observation": freeze(seen, SEEN) if seen else None,
    }


# --- read again -------------------------------------------------------------------------------


class Thawed:
    """The rows of a snapshot's head, each once."""

    def __init__(self, snapshot: Snapshot, period: Period) -> None:
        self.period, self.day, self.data = period, snapshot.day, snapshot.data
        self.places = _by_pk(Jurisdiction, self.data["places"])
        self.units = _by_pk(Unit, self.data["units"])
        self.plan = self._plan(self.data["plan"])
        region = self.data["region"]
        self.plan.region = thaw(Region, region) if region else None
        actions = _by_pk(Action, self.data["actions"])
        self.tasks = {
            values["id"]: thaw(Task, values, plan=self.plan, action=actions[values["action_id"]])
            for values in self.data["tasks"]
        }

    def _plan(self, values: Values) -> Plan:
        return thaw(Plan, values, jurisdiction=self.places.get(values["jurisdiction_id"]))

    def _duty(self, values: Values, task: Task) -> Responsibility:
        unit, side = self.units[values["unit_id"]], self.places.get(values["side_id"])
        return thaw(Responsibility, values, task=task, unit=unit, side=side)

    def side(self, row: SnapshotRow) -> Responsibility:
        """A lead as it was, with its light."""
        values = row.data["duty"]
        side = self._duty(values, self.tasks[values["task_id"]])
        side.percent = row.percent  # type: ignore[attr-defined]  # as with_light annotates it
        side.kept_light = (LightWord(row.light_word), row.reason)
        return side

    def quarter(self, sides: Sequence[Responsibility], rows: Sequence[SnapshotRow]) -> PlanQuarter:
        """All of it."""
        cooperating: dict[int, list[Responsibility]] = defaultdict(list)
        for values in self.data["cooperating"]:
            part = self._duty(values, self.tasks[values["task_id"]])
            cooperating[part.task_id].append(part)
        reports = {
            row.responsibility_id: thaw(ProgressReport, row.data["report"], period=self.period)
            for row in rows
            if row.data["report"]
        }
        judged = {  # snapshots taken before these were kept have none
            row.responsibility_id: thaw(Assessment, row.data["assessment"])
            for row in rows
            if row.data.get("assessment")
        }
        contacts = {
            row.unit_id: thaw(User, row.data["contact"]) for row in rows if row.data["contact"]
        }
        return PlanQuarter(
            plan=self.plan,
            period=self.period,
            day=self.day,
            sides=sides,
            cooperating=cooperating,
            reports=reports,
            below=self._below(),
            targets=[self._target(one) for one in self.data["targets"]],
            attainments={one["target"]["id"]: _attained(one) for one in self.data["targets"]},
            contacts=contacts,
            assessments=judged,
            past=self._past(),
            matters={row.responsibility_id: _thawed_matters(row.data) for row in rows},
        )

    def _past(self) -> list[PastQuarter]:
        return [
            PastQuarter(
                Quarter.parse(quarter),
                {pk: PastSide(**one | {"word": LightWord(one["word"])}) for pk, one in sides},
            )
            for quarter, sides in self.data.get("past", ())  # older snapshots have none
        ]

    def _below(self) -> dict[int, list[Task]]:
        tasks: dict[int, Task] = {}
        for one in self.data["below"]:
            task = thaw(Task, one["task"], plan=self._plan(one["plan"]))
            leads = [self._lead_below(lead, task) for lead in one["leads"]]
            _prefetched(task, "responsibilities", Responsibility, leads)
            tasks[task.pk] = task
        return {above: [tasks[pk] for pk in some] for above, some in self.data["above"]}

    def _lead_below(self, values: Values, task: Task) -> Responsibility:
        lead = self._duty(values["duty"], task)
        lead.kept_light = (LightWord(values["word"]), "")
        return lead

    def _target(self, one: Values) -> Target:
        values = one["target"]
        return thaw(
            Target,
            values,
            plan=self.plan,
            indicator=thaw(Indicator, one["indicator"]),
            unit=self.units.get(values["unit_id"]),
            task=self.tasks.get(values["task_id"]),
        )


def _thawed_matters(data: Values) -> Matters:
    """Older snapshots have none."""
    extensions = [Granted(**_dated(one)) for one in data.get("extensions", ())]
    findings = [
        Found(**_dated(one) | {"state": FindingState(one["state"])})
        for one in data.get("findings", ())
    ]
    return Matters(extensions, findings)


def _dated(values: Values) -> Values:
    names = [name for name in values if name.endswith(("_on", "_due")) and values[name]]
    return values | {name: datetime.date.fromisoformat(values[name]) for name in names}


def _by_pk(model: Any, rows: Sequence[Values]) -> dict[int | None, Any]:
    return {values["id"]: thaw(model, values) for values in rows}


def _attained(one: Values) -> Attainment:
    seen = one["observation"]
    return Attainment(
        Attained(one["result"]),
        thaw(Observation, seen) if seen else None,
        tuple(one["remarks"]),
        is_due=one["is_due"],
    )


def _prefetched(
    row: models.Model, name: str, model: type[Responsibility], found: Sequence[Responsibility]
) -> None:
    """As prefetch_related leaves it."""
    rows: Any = model.objects.none()
    rows._result_cache = list(found)
    rows._prefetch_done = True
    cache: dict[str, Any] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = rows
