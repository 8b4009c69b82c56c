r"""Permission over plans, tasks and reports; docs/who-sees-what.md, declared once.

`can(user, verb, obj)`, `scope(user, verb)` and `holders(verb, obj)` serve web, API,
exports and reminders alike. Verbs:

| verb | who |
|---|---|
| `task.view`, `plan.view`, `target.view`, `period.view` | everyone logged in |
| `report.view` | own unit always; own side's office and inspector when handed in; the other lead, \
cooperating units and the other side's office when approved |
| `progress.view` | the lead rows of which one may read approved reports (or that there is none) |
| `handed_in.view` | the lead rows of which one may read reports as soon as they are handed in |
| `contact.view` | responsibilities of which one may read names and phones: own unit, own side's \
office and inspector, the parties of the same task, the plan's other offices |
| `contact.call` | those of them whose phone is told whole: all but what only the plan's other \
offices read |
| `contact.edit` | own unit's, and those of the side that one's office coordinates |
| `plan.add` | offices for which one may begin a plan: those for which one acts |
| `side.edit` | sides of plans (with their office) for which one acts |
| `assignment.view` | responsibilities whose 交办 and 签收 one may read: own unit's, own side's |
| `plan.edit` | plans of which one's office coordinates a side: text, actions, tasks, links |
| `duty.edit` | responsibilities of that side (and of bodies of no side): units, dates, 交办 |
| `duty.sign_for` | own unit's responsibilities that were handed out and not signed for |
| `report.edit` | officers and signers of the lead unit |
| `report.review` | the office of that side, but nobody their own filing |
| `reason.view` | of the reports that one may read, those whose way there (returned why, which \
version) is told: to who may edit, and to the office of that side |
| `notice.view` | whom the notice tells |
| `observation.…` | see policy_observations.py |
| `brief.…` | see policy_brief.py |
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from tasks import policy_brief as brief
from tasks import policy_observations as observations
from tasks.holders import HOLDING_ROLES, holders, holders_of, reviewers_of
from tasks.models import (
    Notice,
    Period,
    Plan,
    PlanSide,
    ProgressReport,
    Responsibility,
    Target,
    Task,
)
from tasks.states import HANDED_IN_STATES, ReportState
from units.models import AuditEntry, Jurisdiction, Office, User, codes_below
from units.policy import Standing, standing

__all__ = ["HOLDING_ROLES", "Person", "can", "holders", "holders_of", "reviewers_of", "scope"]

Person = User | AnonymousUser


Sides = list[tuple[int, int]]


def _office_sides(who: Standing) -> Sides:
    """(plan, jurisdiction) pairs of the offices in which the person is."""
    return [(plan, side) for plan, side, office in _plan_sides(who) if office in who.offices]


def _coordinated_sides(who: Standing) -> Sides:
    """Those of them for which the person acts."""
    return [(plan, side) for plan, side, office in _plan_sides(who) if office in who.coordinates]


def _plan_sides(who: Standing) -> list[tuple[int, int, int]]:
    """(plan, jurisdiction, office) of the person's offices.

    Read once and kept with the standing, which lives as long as the request's user.
    """
    if not who.offices:
        return []
    kept: dict[str, Any] = who.__dict__
    if "plan_sides" not in kept:
        rows = PlanSide.objects.filter(office__in=who.offices)
        kept["plan_sides"] = list(rows.values_list("plan_id", "jurisdiction_id", "office_id"))
    sides: list[tuple[int, int, int]] = kept["plan_sides"]
    return sides


def forget_sides(user: Person) -> None:
    """Sides of plans have changed: read the person's again."""
    standing(user).__dict__.pop("plan_sides", None)


def _on_sides(sides: Sides, prefix: str = "") -> Q:
    condition = Q(pk__in=[])
    for plan, jurisdiction in sides:
        condition |= Q(**{f"{prefix}task__plan": plan, f"{prefix}side": jurisdiction})
    return condition


def reports_seen_by(who: Standing) -> QuerySet[ProgressReport]:
    """The table: which reports a person of this standing may read."""
    reports = ProgressReport.objects.all()
    if who.superuser:
        return reports
    sides = _office_sides(who)
    inspected = Q(pk__in=[])
    if who.inspected:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        inspected = Q(responsibility__side__in=places)
    same_task = Exists(
        Responsibility.objects.filter(task=OuterRef("responsibility__task"), unit__in=who.units)
    )
    own = Q(responsibility__unit__in=who.units)
    handed_in = Q(state__in=HANDED_IN_STATES) & (_on_sides(sides, "responsibility__") | inspected)
    approved = Q(state=ReportState.APPROVED) & (
        Q(same_task) | Q(responsibility__task__plan__in={plan for plan, _ in sides})
    )
    return reports.filter(own | handed_in | approved)


def progress_seen_by(who: Standing) -> QuerySet[Responsibility]:
    """Lead rows whose approved progress a person of this standing may read, or read its lack."""
    return _leads_where(who, _party_to(who))


def _party_to(who: Standing) -> Q:
    """Responsibilities of which the person reads what is approved, and who answers for it."""
    plans = {plan for plan, _ in _office_sides(who)}
    return _close_to(who) | Q(task__plan__in=plans)


def _close_to(who: Standing) -> Q:
    """Own unit's, own side's, and those of the same task: whom one has to do with."""
    same_task = Exists(Responsibility.objects.filter(task=OuterRef("task"), unit__in=who.units))
    return _handed_in_to(who, _office_sides(who)) | Q(same_task)


def handed_in_seen_by(who: Standing) -> QuerySet[Responsibility]:
    """Lead rows of which a person of this standing reads what is handed in: who knows 未报."""
    return _leads_where(who, _handed_in_to(who, _office_sides(who)))


def _handed_in_to(who: Standing, sides: Sides) -> Q:
    """Own unit's rows, own office's side, inspected places."""
    seen = Q(unit__in=who.units) | _on_sides(sides)
    if who.inspected:
        seen |= Q(side__in=Jurisdiction.objects.filter(codes_below(who.inspected)))
    return seen


def _leads_where(who: Standing, condition: Q) -> QuerySet[Responsibility]:
    leads = Responsibility.objects.leads()
    return leads if who.superuser else leads.filter(condition)


def scope(user: Person, verb: str) -> QuerySet[Any]:
    """The rows on which the person may do `verb`."""
    who = standing(user)
    if not user.is_authenticated or not user.is_active or who.site_role is not None:
        return _MODELS[verb]._default_manager.none()
    match verb:
        case "plan.edit":
            return _plans_edited_by(who)
        case "plan.add":
            return _acted_for(Office.objects.all(), who, "pk")
        case "side.edit":
            return _acted_for(PlanSide.objects.all(), who, "office")
        case "assignment.view":
            return _responsibilities_where(who, _assignments_seen_by(who))
        case "contact.view":
            return _responsibilities_where(who, _party_to(who))
        case "contact.call":
            return _responsibilities_where(who, _close_to(who))
        case "contact.edit":
            own_units = Q(unit__in=who.units)
            return _responsibilities_where(who, own_units | _duties_of(_coordinated_sides(who)))
        case "duty.edit":
            return _responsibilities_where(who, _duties_of(_coordinated_sides(who)))
        case "duty.sign_for":
            handed_out = Responsibility.objects.filter(assignment__signed_at=None)
            own = handed_out.exclude(assignment=None)
            return own if who.superuser else own.filter(unit__in=who.units)
        case "report.view":
            return reports_seen_by(who)
        case "progress.view":
            return progress_seen_by(who)
        case "handed_in.view":
            return handed_in_seen_by(who)
        case "report.edit":
            return _leads_of(who, who.reporting_units)
        case "report.review":
            return _reviewed_by(user, who)
        case "reason.view":
            return _ways_told_to(who)
        case _ if verb in observations.VERBS:
            sides = _office_sides(who), _coordinated_sides(who)
            return observations.scope(user, who, verb, *sides)
        case _ if verb in brief.VERBS:
            return brief.scope(who, verb)
        case "notice.view":
            return Notice.objects.filter(recipient=user)
    return _MODELS[verb]._default_manager.all()


_MODELS: dict[str, type[Model]] = {
    "plan.view": Plan,
    "task.view": Task,
    "plan.edit": Plan,
    "plan.add": Office,
    "side.edit": PlanSide,
    "assignment.view": Responsibility,
    "contact.view": Responsibility,
    "contact.call": Responsibility,
    "contact.edit": Responsibility,
    "duty.edit": Responsibility,
    "duty.sign_for": Responsibility,
    "target.view": Target,
    "period.view": Period,
    "report.view": ProgressReport,
    "progress.view": Responsibility,
    "handed_in.view": Responsibility,
    "report.edit": Responsibility,
    "report.review": ProgressReport,
    "reason.view": ProgressReport,
    "notice.view": Notice,
    **observations.VERBS,
    **brief.VERBS,
}


def _responsibilities_where(who: Standing, condition: Q) -> QuerySet[Responsibility]:
    rows = Responsibility.objects.all()
    return rows if who.superuser else rows.filter(condition)


def _duties_of(sides: Sides) -> Q:
    """Of these sides, and of bodies of no side in their plans."""
    return _on_sides(sides) | Q(side=None, task__plan__in={plan for plan, _ in sides})


def _acted_for(rows: QuerySet[Any], who: Standing, field: str) -> QuerySet[Any]:
    return rows if who.superuser else rows.filter(**{f"{field}__in": who.coordinates})


def _assignments_seen_by(who: Standing) -> Q:
    sides = _office_sides(who)
    return _handed_in_to(who, sides) | _duties_of(sides)


def _plans_edited_by(who: Standing) -> QuerySet[Plan]:
    plans = Plan.objects.all()
    if who.superuser:
        return plans
    return plans.filter(pk__in={plan for plan, _ in _coordinated_sides(who)})


def _leads_of(who: Standing, units: frozenset[int]) -> QuerySet[Responsibility]:
    leads = Responsibility.objects.leads()
    return leads if who.superuser else leads.filter(unit__in=units)


def _reviewed_by(user: Person, who: Standing) -> QuerySet[ProgressReport]:
    """Handed-in reports of the person's own sides, but never of one's own filing."""
    waiting = ProgressReport.objects.filter(state=ReportState.SUBMITTED)
    if not who.superuser:
        waiting = waiting.filter(_on_sides(_coordinated_sides(who), "responsibility__"))
    return waiting.exclude(filled_by=user.pk).exclude(submitted_by=user.pk).exclude(_wrote(user))


def _wrote(user: Person) -> Exists:
    """The person once saved this report, even if others have since."""
    entries = AuditEntry.objects.filter(
        actor=user.pk,
        verb__in=("report.save", "report.submit"),
        object_type=ProgressReport._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    return Exists(entries)


def _ways_told_to(who: Standing) -> QuerySet[ProgressReport]:
    """The way there is between the unit and its office; other readers get the result."""
    reports = reports_seen_by(who)
    if who.superuser:
        return reports
    own = Q(responsibility__in=_leads_of(who, who.reporting_units))
    return reports.filter(own | _on_sides(_office_sides(who), "responsibility__"))


def can(user: Person, verb: str, obj: Any) -> bool:
    """Whether the person may do `verb` on this row. `report.edit` takes a responsibility."""
    return scope(user, verb).filter(pk=obj.pk).exists()
