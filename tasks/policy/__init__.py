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
| `report.review` | the office of that side, but nobody what they filed, signed or entered |
| `reason.view` | of the reports that one may read, those whose way there (returned why, which \
version) is told: to who may edit, and to the office of that side |
| `notice.view` | whom the notice tells |
| `observation.…` | see observations.py |
| `robot.…`, `delivery.keep` | see channels.py |
| `desk.view`, `brief.…`, `circular.draft` | see brief.py |
| `finding.…`, `sample.…`, `saved_view.keep` | see inspection.py |
| `ending.…`, `assessment.…` | see endings.py |
| `milestone.…`, `extension.…` | see schedule.py |
| `evidence.…`, `report.answer` | see evidence.py, coordination.py |
| `contribution.…` | see contributions.py |
| `reminder.preview`, `effect.view` | see reminding.py |
| `report.ask_sign`, `report.sign`, `report.hand_in`, `report.enter`, `letter.make`, \
`signing.set` | see signing.py |
| `urge.…`, `call.…` | see urging.py |
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

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
from tasks.policy import brief as brief
from tasks.policy import channels as channels
from tasks.policy import contributions as contributions
from tasks.policy import coordination as coordination
from tasks.policy import endings as endings
from tasks.policy import evidence as evidence
from tasks.policy import inspection as inspection
from tasks.policy import observations as observations
from tasks.policy import periods as periods
from tasks.policy import reminding as reminding
from tasks.policy import schedule as schedule
from tasks.policy import signing as signing
from tasks.policy import urging as urging
from tasks.policy.abilities import (
    Person,
    accounts_for,
    acts_for,
    fills_in,
    has_part,
    inspects,
    reads_briefs,
    reviews,
    signs_for_letters,
)
from tasks.policy.channels import keeps_robots
from tasks.policy.holders import HOLDING_ROLES, Holders, holders, holders_of, holding, reviewers_of
from tasks.policy.reminding import previews
from tasks.policy.reviewing import is_own_office, judges, reviewed_by
from tasks.policy.sides import Sides, coordinated_sides, forget_sides, office_sides, on_sides
from tasks.states import HANDED_IN_STATES, ReportState
from units.models import Jurisdiction, Office, codes_below
from units.standing import Rule, Standing, all_rows, scope_of

__all__ = [
    "HOLDING_ROLES",
    "Holders",
    "Person",
    "accounts_for",
    "acts_for",
    "can",
    "fills_in",
    "forget_sides",
    "has_part",
    "holders",
    "holders_of",
    "holding",
    "inspects",
    "is_own_office",
    "judges",
    "keeps_robots",
    "previews",
    "reads_briefs",
    "reviewers_of",
    "reviews",
    "scope",
    "signs_for_letters",
]


def _of_duties(sides: Sides, prefix: str = "") -> Q:
    return on_sides(sides, f"{prefix}task__plan", f"{prefix}side")


def reports_seen_by(who: Standing) -> QuerySet[ProgressReport]:
    """The table: which reports a person of this standing may read."""
    reports = ProgressReport.objects.all()
    if who.superuser:
        return reports
    sides = office_sides(who)
    inspected = Q(pk__in=[])
    if who.inspected:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        inspected = Q(responsibility__side__in=places)
    same_task = Exists(
        Responsibility.objects.filter(task=OuterRef("responsibility__task"), unit__in=who.units)
    )
    own = Q(responsibility__unit__in=who.units)
    handed_in = Q(state__in=HANDED_IN_STATES) & (_of_duties(sides, "responsibility__") | inspected)
    approved = Q(state=ReportState.APPROVED) & (
        Q(same_task) | Q(responsibility__task__plan__in={plan for plan, _ in sides})
    )
    return reports.filter(own | handed_in | approved)


def progress_seen_by(who: Standing) -> QuerySet[Responsibility]:
    """Lead rows whose approved progress a person of this standing may read, or read its lack."""
    return _leads_where(who, _party_to(who))


def _party_to(who: Standing) -> Q:
    """Responsibilities of which the person reads what is approved, and who answers for it."""
    plans = {plan for plan, _ in office_sides(who)}
    return _close_to(who) | Q(task__plan__in=plans)


def _close_to(who: Standing) -> Q:
    """Own unit's, own side's, and those of the same task: whom one has to do with."""
    same_task = Exists(Responsibility.objects.filter(task=OuterRef("task"), unit__in=who.units))
    return _handed_in_to(who, office_sides(who)) | Q(same_task)


def handed_in_seen_by(who: Standing) -> QuerySet[Responsibility]:
    """Lead rows of which a person of this standing reads what is handed in: who knows 未报."""
    return _leads_where(who, _handed_in_to(who, office_sides(who)))


def _handed_in_to(who: Standing, sides: Sides) -> Q:
    """Own unit's rows, own office's side, inspected places."""
    seen = Q(unit__in=who.units) | _of_duties(sides)
    if who.inspected:
        seen |= Q(side__in=Jurisdiction.objects.filter(codes_below(who.inspected)))
    return seen


def _leads_where(who: Standing, condition: Q) -> QuerySet[Responsibility]:
    leads = Responsibility.objects.leads()
    return leads if who.superuser else leads.filter(condition)


def called_by(who: Standing) -> QuerySet[Responsibility]:
    """Those whose phone is told whole."""
    return _responsibilities_where(who, _close_to(who))


def _contacts_seen_by(who: Standing) -> QuerySet[Responsibility]:
    return _responsibilities_where(who, _party_to(who))


def _contacts_edited_by(who: Standing) -> QuerySet[Responsibility]:
    own = Q(unit__in=who.units) | _duties_of(coordinated_sides(who))
    return _responsibilities_where(who, own)


def _duties_edited_by(who: Standing) -> QuerySet[Responsibility]:
    return _responsibilities_where(who, _duties_of(coordinated_sides(who)))


def _to_sign_for(who: Standing) -> QuerySet[Responsibility]:
    """What the own units were handed out and have not signed for."""
    handed_out = Responsibility.objects.filter(assignment__signed_at=None)
    own = handed_out.exclude(assignment=None)
    return own if who.superuser else own.filter(unit__in=who.units)


def _responsibilities_where(who: Standing, condition: Q) -> QuerySet[Responsibility]:
    rows = Responsibility.objects.all()
    return rows if who.superuser else rows.filter(condition)


def _duties_of(sides: Sides) -> Q:
    """Of these sides, and of bodies of no side in their plans."""
    return _of_duties(sides) | Q(side=None, task__plan__in={plan for plan, _ in sides})


def _acted_for(rows: QuerySet[Any], who: Standing, field: str) -> QuerySet[Any]:
    return rows if who.superuser else rows.filter(**{f"{field}__in": who.coordinates})


def _assignments_seen_by(who: Standing) -> QuerySet[Responsibility]:
    sides = office_sides(who)
    return _responsibilities_where(who, _handed_in_to(who, sides) | _duties_of(sides))


def _plans_edited_by(who: Standing) -> QuerySet[Plan]:
    plans = Plan.objects.all()
    if who.superuser:
        return plans
    return plans.filter(pk__in={plan for plan, _ in coordinated_sides(who)})


def _reported_by(who: Standing) -> QuerySet[Responsibility]:
    leads = Responsibility.objects.leads()
    return leads if who.superuser else leads.filter(unit__in=who.reporting_units)


def _ways_told_to(who: Standing) -> QuerySet[ProgressReport]:
    """The way there is between the unit and its office; other readers get the result."""
    reports = reports_seen_by(who)
    if who.superuser:
        return reports
    own = Q(responsibility__in=_reported_by(who))
    return reports.filter(own | _of_duties(office_sides(who), "responsibility__"))


VERBS = {
    "plan.view": all_rows(Plan),
    "task.view": all_rows(Task),
    "target.view": all_rows(Target),
    "period.view": all_rows(Period),
    "plan.add": Rule(Office, lambda who: _acted_for(Office.objects.all(), who, "pk")),
    "plan.edit": Rule(Plan, _plans_edited_by),
    "side.edit": Rule(PlanSide, lambda who: _acted_for(PlanSide.objects.all(), who, "office")),
    "duty.edit": Rule(Responsibility, _duties_edited_by),
    "duty.sign_for": Rule(Responsibility, _to_sign_for),
    "assignment.view": Rule(Responsibility, _assignments_seen_by),
    "contact.view": Rule(Responsibility, _contacts_seen_by),
    "contact.call": Rule(Responsibility, called_by),
    "contact.edit": Rule(Responsibility, _contacts_edited_by),
    "report.view": Rule(ProgressReport, lambda who: reports_seen_by(who)),
    "progress.view": Rule(Responsibility, progress_seen_by),
    "handed_in.view": Rule(Responsibility, handed_in_seen_by),
    "report.edit": Rule(Responsibility, _reported_by),
    "report.review": Rule(ProgressReport, reviewed_by),
    "reason.view": Rule(ProgressReport, _ways_told_to),
    "notice.view": Rule(Notice, lambda who: Notice.objects.filter(recipient=who.person)),
    **observations.VERBS,
    **channels.VERBS,
    **periods.VERBS,
    **brief.VERBS,
    **inspection.VERBS,
    **endings.VERBS,
    **schedule.VERBS,
    **evidence.VERBS,
    **coordination.VERBS,
    **contributions.VERBS,
    **reminding.VERBS,
    **signing.VERBS,
    **urging.VERBS,
}


def scope(user: Person, verb: str) -> QuerySet[Any]:
    """The rows on which the person may do `verb`."""
    return scope_of(VERBS, user, verb, business=verb not in channels.OF_THE_SITE)


def can(user: Person, verb: str, obj: Any) -> bool:
    """Whether the person may do `verb` on this row. `report.edit` takes a responsibility."""
    return scope(user, verb).filter(pk=obj.pk).exists()
