"""A plan as the skeleton of the next one."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tasks import policy
from tasks.models import Action, Plan, PlanSide, Responsibility, Task
from tasks.services import editing
from tasks.states import PlanStatus, Role, TaskState
from units.models import Jurisdiction, Office, User
from units.services import audit


@transaction.atomic
def copy_plan(source: Plan, code: str, title: str, office: Office, *, by: User) -> Plan:
    """A draft with the actions and tasks of `source`, without dates and numbers of its document.

    The other sides join with their offices; duties come along of the person's own sides alone.
    """
    if not policy.can(by, "plan.add", office):
        raise PermissionDenied
    plan = Plan(
        code=code,
        title=" ".join(title.split()),
        status=PlanStatus.DRAFT,
        issuers=list(source.issuers),
        jurisdiction=source.jurisdiction,
        region=source.region,
        implements=source.implements,
        coordinating_body=source.coordinating_body,
    )
    shown = {"code": code, "title": plan.title, "from": source.code}
    editing.create(plan, verb="plan.create", by=by, after=shown)
    _copy_sides(source, plan, office)
    policy.forget_sides(by)
    tasks = _copy_texts(source, plan)
    bring_duties(plan, tasks, by=by)
    return plan


def _copy_sides(source: Plan, plan: Plan, office: Office) -> None:
    sides = [(side.jurisdiction, side.office) for side in source.sides.select_related("office")]
    if office not in [known for _place, known in sides]:
        sides = [(office.jurisdiction, office)]
    PlanSide.objects.bulk_create(
        PlanSide(plan=plan, jurisdiction=place, office=one, order=number)
        for number, (place, one) in enumerate(sides, 1)
    )


def _copy_texts(source: Plan, plan: Plan) -> dict[int, Task]:
    """The new tasks by the ids of those that they repeat."""
    actions: dict[int, Action] = {}
    for action in source.actions.all():
        old = action.pk
        actions[old] = Action(
            plan=plan,
            number=action.number,
            numeral=action.numeral,
            title=action.title,
            clause=action.clause,
        )
    Action.objects.bulk_create(actions.values())
    tasks: dict[int, Task] = {}
    links: list[tuple[Task, list[Task]]] = []
    for task in source.tasks.prefetch_related("implements"):
        tasks[task.pk] = Task(
            plan=plan,
            action=actions[task.action_id],
            number=task.number,
            title=task.title,
            summary=task.summary,
            clause=task.clause,
        )
        links.append((tasks[task.pk], list(task.implements.all())))
    Task.objects.bulk_create(tasks.values())
    for new, above in links:
        if above:
            new.implements.set(above)
    return tasks


def bring_duties(plan: Plan, tasks: dict[int, Task], *, by: User) -> int:
    """Repeat the duties of the person's own sides, and of bodies of no side; says how many."""
    mine: list[Jurisdiction] = [
        side.jurisdiction
        for side in policy.scope(by, "side.edit").filter(plan=plan).select_related("jurisdiction")
    ]
    made = [
        Responsibility(
            task=tasks[row.task_id],
            unit=row.unit,
            role=row.role,
            side=row.side,
            order=row.order,
            written=row.written,
            state=TaskState.NOT_STARTED.value if row.role == Role.LEAD else "",
        )
        for row in Responsibility.objects.filter(task__in=tasks).select_related("unit", "side")
        if row.side is None or row.side in mine
    ]
    Responsibility.objects.bulk_create(made)
    if made:
        audit.record("duty.copy", plan, by=by, after={"responsibilities": len(made)})
    return len(made)
