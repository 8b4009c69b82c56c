"""Plans with their sides, actions, tasks and responsibilities."""

from django.utils.translation import gettext as _

from tasks.models import Action, Plan, PlanSide, Responsibility, Task
from tasks.services.load.checks import check_plan
from tasks.states import Role, TaskState
from units.models import Jurisdiction, Unit
from units.services.load import lookup
from units.services.load.shape import Raw
from units.services.load.sync import (
    Run,
    Section,
    Shelf,
    Source,
    kind_of,
    places_in_list,
    put_links,
    put_list,
    remember,
)


def plans(run: Run) -> Shelf[Plan]:
    return run.shelf(Plan, "code")


def tasks(run: Run) -> Shelf[Task]:
    return run.shelf(Task, "plan", "number")


def responsibilities(run: Run) -> Shelf[Responsibility]:
    return run.shelf(Responsibility, "task", "unit", "role")


def _apply(source: Source, rows: list[Raw], run: Run) -> None:
    for row in rows:
        PlanLoading(source, row, run).apply()


class PlanLoading:
    """One plan on its way from a file into rows."""

    def __init__(self, source: Source, row: Raw, run: Run) -> None:
        self.source = source
        self.row = row
        self.run = run
        self.finder = lookup.Finder(run)
        self.plan = self._put_plan()
        self.sides: dict[str, Jurisdiction] = {}

    def apply(self) -> None:
        """Write the plan and all beneath it."""
        self._put_sides()
        shelf = self.run.shelf(Action, "plan", "number")
        for row in self.row["actions"]:
            if self._was_removed("removed_actions", Action, row):
                continue
            values = {k: row[k] for k in ("number", "numeral", "title")}
            values |= {"plan": self.plan, **self._source(row)}
            action = shelf.put(values, self.source.tally)
            for task_row in row["tasks"]:
                if not self._was_removed("removed_tasks", Task, task_row):
                    self._put_task(action, task_row)

    def _was_removed(self, kind: str, model: type[Action | Task], row: Raw) -> bool:
        """Whether people have removed what the file holds; then it stays removed."""
        removed = row["number"] in self.plan.loaded.get(kind, [])
        if removed:
            words = {"kind": kind_of(model), "number": row["number"], "plan": self.plan.code}
            self.source.tally.kept.append(_("方案“%(plan)s”：%(kind)s%(number)s已删除") % words)
        return removed

    def _source(self, row: Raw) -> Raw:
        return {"document": self.plan.document, "clause": row["clause"]}

    def _put_plan(self) -> Plan:
        row, where = self.row, self.row["where"]
        own = (
            "code title short_title status number issuers signed_on printed_on published_on "
            "starts_on ends_on dates_note coordinating_body"
        )
        values = {name: row[name] for name in own.split()}
        places, regions = lookup.places(self.run), lookup.regions(self.run)
        values |= lookup.source_of(self.run, row["document"], row, where)
        values |= {
            "jurisdiction": lookup.look_up(self.run, places, row["jurisdiction"], where),
            "region": lookup.look_up(self.run, regions, row["region"], where),
            "implements": lookup.look_up(self.run, plans(self.run), row["implements"], where),
        }
        return plans(self.run).put(values, self.source.tally)

    def _put_sides(self) -> None:
        new: list[PlanSide] = []
        for order, row in enumerate(self.row["sides"], 1):
            where = row["where"]
            place = lookup.look_up(self.run, lookup.places(self.run), row["jurisdiction"], where)
            office = lookup.look_up(self.run, lookup.offices(self.run), row["office"], where)
            if place and office:
                self.sides[row["jurisdiction"]] = place
                new.append(PlanSide(plan=self.plan, jurisdiction=place, office=office, order=order))
        present = PlanSide.objects.filter(plan=self.plan)

        def write() -> None:
            present.delete()
            PlanSide.objects.bulk_create(new)

        now = [[side.jurisdiction_id, side.office_id] for side in present.order_by("order")]
        wanted = [[side.jurisdiction_id, side.office_id] for side in new]
        if not put_list(self.plan, "sides", now, wanted, write):
            self.source.tally.kept.append(_("方案“%(plan)s”：各方") % {"plan": self.plan.code})

    def _put_task(self, action: Action, row: Raw) -> None:
        values = {k: row[k] for k in ("number", "title", "summary", "due_on")}
        values |= {"plan": self.plan, "action": action, **self._source(row)}
        task = tasks(self.run).put(values, self.source.tally)
        above = [
            lookup_task(self.run, self.plan.implements, number, row["where"])
            for number in row["implements"]
        ]
        put_links(task, "implements", [other for other in above if other], self.source.tally)
        self._put_responsibilities(task, row)

    def _units(self, row: Raw) -> list[tuple[Raw, Unit]]:
        """Return each responsibility with its unit; a unit may not stand twice in a role."""
        found: list[tuple[Raw, Unit]] = []
        for item in row["responsibilities"]:
            within = self.sides.get(item["side"] or "") or self.plan.jurisdiction
            unit = self.finder.unit(item["unit"], within, row["where"])
            if unit is None:
                continue
            if any(item["role"] == other["role"] and unit == known for other, known in found):
                self.run.problems.add(
                    row["where"], _("单位“%(unit)s”重复列出。") % {"unit": item["unit"]}
                )
                continue
            found.append((item, unit))
        return found

    def _put_responsibilities(self, task: Task, row: Raw) -> None:
        shelf = responsibilities(self.run)
        found = self._units(row)
        wanted = {(task.pk, unit.pk, item["role"]): n for n, (item, unit) in enumerate(found, 1)}
        before = {(task.pk, *key) for key in task.loaded.get("responsibilities", [])}
        mine = [r for r in shelf.rows.values() if r.task_id == task.pk]
        orders = places_in_list(shelf, mine, wanted)
        for key, (item, unit) in zip(wanted, found, strict=True):
            if key in before and shelf.get(*key) is None:
                self.source.tally.kept.append(
                    _("任务“%(task)s”：单位“%(unit)s”已移除") % {"task": task, "unit": unit}
                )
                continue
            values = {
                "task": task,
                "unit": unit,
                "role": item["role"],
                "side": self.sides.get(item["side"] or ""),
                "order": orders[key],
                "written": item["written"] or item["unit"],
                "note": item["note"],
                **self._source(row),
            }
            state = TaskState.NOT_STARTED if item["role"] == Role.LEAD else ""
            shelf.put(values, self.source.tally, state=state)
        remember(task, "responsibilities", [list(key[1:]) for key in wanted])


def lookup_task(run: Run, plan: Plan | None, number: int, where: str) -> Task | None:
    """Return a plan's task; a problem is noted where there is none."""
    task = tasks(run).get(plan.pk, number) if plan else None
    if task is None and plan is not None:
        run.problems.add(
            where,
            _("方案“%(plan)s”没有任务%(number)s。") % {"plan": plan.code, "number": number},
        )
    return task


PLAN_SECTION = Section("plan", check_plan, _apply)
