"""What must hold within a plan's file, before any row is read."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tasks.services.load.shapes import ACTION, PLAN, RESPONSIBILITY, SIDE, TASK
from tasks.states import PlanStatus, Role
from units.services.load.shape import Problems, Raw, checked, unique
from units.services.load.sync import Source


def check_plan(source: Source, problems: Problems) -> list[Raw]:
    """Return the plan with its actions, as one record; none where the file holds no plan."""
    raw = source.data.get("plan")
    if not isinstance(raw, dict):
        if "actions" in source.data:
            problems.add(source.label, _("有“actions”而没有“plan”：请写明是哪个方案。"))
        return []
    kind = _("方案")
    where = f"{source.label}，{kind}“{raw.get('code')}”"
    plan = checked(raw, PLAN, where, problems)
    if plan is None:
        return []
    plan["where"] = where
    _check_plan(plan, problems)
    plan["sides"] = list(_children(plan["sides"], SIDE, where, problems))
    unique(plan["sides"], "jurisdiction", problems)
    plan["actions"] = _actions(source, plan, problems)
    return [plan]


def _check_plan(plan: Raw, problems: Problems) -> None:
    if plan["status"] == PlanStatus.ISSUED and plan["ends_on"] is None:
        problems.add(plan["where"], _("已印发的方案须有“ends_on”（实施止日）。"))
    if plan["starts_on"] and plan["ends_on"] and plan["ends_on"] < plan["starts_on"]:
        problems.add(plan["where"], _("“ends_on”早于“starts_on”。"))


def _children(raws: Any, keys: dict[str, Any], where: str, problems: Problems) -> Iterator[Raw]:
    for raw in raws:
        row = checked(raw, keys, where, problems)
        if row is not None:
            # A side left out and a side said to be none are not the same.
            yield row | {"where": where, "given": set(raw)}


def _actions(source: Source, plan: Raw, problems: Problems) -> list[Raw]:
    actions: list[Raw] = []
    kind = _("行动")
    for raw in source.data.get("actions") or []:
        if not isinstance(raw, dict):
            problems.add(source.label, _("“actions”中的每一项应为“键: 值”。"))
            continue
        where = f"{source.label}，{kind}{raw.get('number')}"
        action = checked(raw, ACTION, where, problems)
        if action is None:
            continue
        action["where"] = where
        action["tasks"] = [
            task
            for raw_task in action["tasks"]
            if (task := _task(source, raw_task, plan, problems))
        ]
        actions.append(action)
    unique(actions, "number", problems)
    unique([task for action in actions for task in action["tasks"]], "number", problems)
    return actions


def _task(source: Source, raw: Raw, plan: Raw, problems: Problems) -> Raw | None:
    kind = _("任务")
    where = f"{source.label}，{kind}{raw.get('number')}“{raw.get('title')}”"
    task = checked(raw, TASK, where, problems)
    if task is None:
        return None
    task["where"] = where
    task["responsibilities"] = list(
        _children(task["responsibilities"], RESPONSIBILITY, where, problems)
    )
    if task["implements"] and not plan["implements"]:
        problems.add(where, _("写有“implements”，但方案没有写明它落实哪个方案。"))
    _check_sides(task, plan, problems)
    return task


def _check_sides(task: Raw, plan: Raw, problems: Problems) -> None:
    """Each side that has a part has one lead."""
    sides = [side["jurisdiction"] for side in plan["sides"]]
    leads: Counter[str | None] = Counter()
    for row in task["responsibilities"]:
        if "side" not in row["given"] and len(sides) == 1:
            row["side"] = sides[0]
        if row["side"] and row["side"] not in sides:
            problems.add(
                task["where"],
                _("单位“%(unit)s”的“side”%(side)s不是本方案的一方。")
                % {"unit": row["unit"], "side": row["side"]},
            )
        if row["role"] == Role.LEAD:
            leads[row["side"]] += 1
            if row["side"] is None and sides:
                problems.add(
                    task["where"],
                    _("牵头单位“%(unit)s”须注明“side”。") % {"unit": row["unit"]},
                )
    if plan["status"] == PlanStatus.ISSUED and not leads:
        problems.add(task["where"], _("没有牵头单位。"))
        return
    with_part = {row["side"] for row in task["responsibilities"] if row["side"]}
    for side in sorted(with_part | {side for side in leads if side}):
        if leads[side] > 1:
            problems.add(task["where"], _("“side”%(side)s有两个以上牵头单位。") % {"side": side})
        elif not leads[side]:
            problems.add(task["where"], _("“side”%(side)s没有牵头单位。") % {"side": side})
