"""Targets and observations, with their indicators."""

from typing import Any

from django.utils.translation import gettext as _

from tasks.models import Indicator, Observation, Plan, Target
from tasks.services.load.plans import lookup_task, plans
from tasks.services.load.shapes import OBSERVATION, TARGET
from tasks.states import Operator, TargetKind
from units.services.load import lookup
from units.services.load.shape import Problems, Raw, record_list
from units.services.load.sync import Run, Section, Shelf, Source, places_in_list

TARGET_KEY = ("plan", "indicator", "year", "place_name", "clause")
OBSERVATION_KEY = ("document", "indicator", "period_text", "place_name")


def _once(rows: list[Raw], names: tuple[str, ...], problems: Problems) -> None:
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = tuple(row[name] for name in names)
        if key in seen:
            problems.add(row["where"], _("与前面的一条重复（指标、时间、地域、条款相同）。"))
        seen.add(key)


def _plan_code(source: Source) -> str:
    plan = source.data.get("plan")
    return str(plan.get("code") if isinstance(plan, dict) else plan or "")


def _check_targets(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "targets", TARGET, "indicator", _("目标"), problems)
    if rows and not _plan_code(source):
        problems.add(source.label, _("有“targets”而没有“plan”：请写明是哪个方案。"))
    for row in rows:
        low, high, where = row["value"], row["value_max"], row["where"]
        if row["kind"] == TargetKind.QUANTIFIED and low is None:
            problems.add(where, _("定量目标缺少“value”。"))
        if row["operator"] == Operator.BETWEEN and (low is None or high is None):
            problems.add(where, _("区间目标须有“value”和“value_max”。"))
        if high is not None and (low is None or high < low):
            problems.add(where, _("“value_max”应不小于“value”。"))
        if row["baseline_year"] and row["year"] and row["baseline_year"] >= row["year"]:
            problems.add(where, _("“baseline_year”应早于“year”。"))
    _once(rows, ("indicator", "measure", "year", "place_name", "clause"), problems)
    return rows


def _indicator(row: Raw, source: Source, run: Run) -> Indicator:
    shelf = run.shelf(Indicator, "name", "measure")
    # One indicator serves many figures: counted once.
    known = shelf.get(row["indicator"], row["measure"])
    return known or shelf.put({"name": row["indicator"], "measure": row["measure"]}, source.tally)


def _in_place(row: Raw, run: Run) -> Raw:
    place = lookup.look_up(run, lookup.places(run), row["place"], row["where"])
    return {"place": place, "place_name": row["place_name"] or (place.name if place else "")}


def _put_ordered(
    shelf: Shelf[Any], mine: list[Any], rows: list[Raw], source: Source, key: tuple[str, ...]
) -> None:
    keys = [tuple(getattr(values[name], "pk", values[name]) for name in key) for values in rows]
    orders = places_in_list(shelf, mine, {k: n for n, k in enumerate(keys, 1)})
    for k, values in zip(keys, rows, strict=True):
        shelf.put({**values, "order": orders[k]}, source.tally)


def _apply_targets(source: Source, rows: list[Raw], run: Run) -> None:
    if not rows:
        return
    plan = lookup.look_up(run, plans(run), _plan_code(source), source.label)
    if plan is None:
        return
    finder = lookup.Finder(run)
    shelf = run.shelf(Target, *TARGET_KEY)
    ready = [_target(row, plan, finder, source, run) for row in rows]
    mine = [t for t in shelf.rows.values() if t.plan_id == plan.pk]
    _put_ordered(shelf, mine, ready, source, TARGET_KEY)


def _target(row: Raw, plan: Plan, finder: lookup.Finder, source: Source, run: Run) -> Raw:
    own = "kind year comparator operator value value_max category words baseline_year clause note"
    unit, task = row["responsible_unit"], row["task"]
    return {
        **{name: row[name] for name in own.split()},
        "basis": row["basis"] or "",
        **_in_place(row, run),
        "plan": plan,
        "document": plan.document,
        "indicator": _indicator(row, source, run),
        "unit": finder.unit(unit, plan.jurisdiction, row["where"]) if unit else None,
        "task": lookup_task(run, plan, task, row["where"]) if task else None,
    }


def _check_observations(source: Source, problems: Problems) -> list[Raw]:
    rows = record_list(source, "observations", OBSERVATION, "indicator", _("监测值"), problems)
    if rows and not source.data.get("document"):
        problems.add(source.label, _("有“observations”而没有“document”：请写明来源文件。"))
    for row in rows:
        if row["value"] is None and not row["category"]:
            problems.add(row["where"], _("“value”和“category”须有其一。"))
        if row["starts_on"] and row["ends_on"] and row["ends_on"] < row["starts_on"]:
            problems.add(row["where"], _("“ends_on”早于“starts_on”。"))
    _once(rows, ("indicator", "measure", "period_text", "place_name"), problems)
    return rows


def _apply_observations(source: Source, rows: list[Raw], run: Run) -> None:
    if not rows:
        return
    code = source.data["document"]
    document = lookup.look_up(run, lookup.documents(run), code, source.label)
    if document is None:
        return
    own = "value category comparator basis period_text starts_on ends_on clause note"
    shelf = run.shelf(Observation, *OBSERVATION_KEY)
    ready = [
        {
            **{name: row[name] for name in own.split()},
            **_in_place(row, run),
            "document": document,
            "indicator": _indicator(row, source, run),
        }
        for row in rows
    ]
    mine = [o for o in shelf.rows.values() if o.document_id == document.pk]
    _put_ordered(shelf, mine, ready, source, OBSERVATION_KEY)


TARGET_SECTION = Section("targets", _check_targets, _apply_targets)
OBSERVATION_SECTION = Section("observations", _check_observations, _apply_observations)
