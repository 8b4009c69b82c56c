r"""Permission over 年度节点 and 延期; a part of the policy.

| verb | who |
|---|---|
| `milestone.view` | confirmed ones everyone; what is proposed or dropped, own unit, own \
side's office and inspector; drafts the unit alone |
| `milestone.way` | milestones of which one reads who, why and with what result: own unit, \
own side's office and inspector |
| `milestone.edit` | lead rows of which one enters milestones: officers and signers of the unit |
| `milestone.decide` | the office of that side: what is proposed or claimed, but nobody what they \
proposed or claimed |
| `milestone.drop` | the office of that side: confirmed ones |
| `extension.view` | own unit, own side's office and inspector all; once granted, also the \
parties of the same task and the plan's other offices |
| `extension.ask` | lead rows for which one may ask: officers and signers of the unit |
| `extension.decide` | the office of that side, but nobody what they asked for |
| `extension.withdraw` | whoever asked, and the unit's officers and signers |
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tasks.models import Extension, Milestone, PlanSide, Responsibility
from tasks.policy.sides import Sides, coordinated_sides, office_sides, on_sides
from tasks.states import MILESTONE_OPEN, SCHEDULE_STATES, ExtensionState, MilestoneState, PlanStatus
from tracker.lib.workdays import today
from units.models import Jurisdiction, Membership, User, codes_below
from units.standing import Rule, Standing

SIDE = "responsibility__"
WAITING = (MilestoneState.PROPOSED, MilestoneState.CLAIMED)


def _of_sides(sides: Sides) -> Q:
    return on_sides(sides, f"{SIDE}task__plan", f"{SIDE}side")


def _close(who: Standing) -> Q:
    """Own unit's, own side's office's, and inspected rows."""
    seen = Q(responsibility__unit__in=who.units) | _of_sides(office_sides(who))
    if who.inspected:
        seen |= Q(responsibility__side__in=Jurisdiction.objects.filter(codes_below(who.inspected)))
    return seen


def _party(who: Standing) -> Q:
    """Those of the same task, and of the plans of one's offices."""
    same = Responsibility.objects.filter(task=OuterRef("responsibility__task"), unit__in=who.units)
    plans = {plan for plan, _ in office_sides(who)}
    return Q(Exists(same)) | Q(responsibility__task__plan__in=plans)


def milestones_seen_by(who: Standing) -> QuerySet[Milestone]:
    """The table: which milestones a person of this standing may read."""
    rows = Milestone.objects.all()
    if who.superuser:
        return rows
    told = Q(state__in=(MilestoneState.PROPOSED, MilestoneState.DROPPED)) & _close(who)
    own = Q(responsibility__unit__in=who.units)
    return rows.filter(Q(state__in=SCHEDULE_STATES) | told | own)


def ways_told_to(who: Standing) -> QuerySet[Milestone]:
    """Those of which the person reads who, why and with what result."""
    rows = milestones_seen_by(who)
    return rows if who.superuser else rows.filter(_close(who))


def _reported_by(who: Standing) -> QuerySet[Responsibility]:
    """Leads of issued plans that the person's unit reports on: a draft is for reference."""
    rows = Responsibility.objects.leads().filter(task__plan__status=PlanStatus.ISSUED)
    return rows if who.superuser else rows.filter(unit__in=who.reporting_units)


def milestones_decided_by(who: Standing) -> QuerySet[Milestone]:
    """What waits for the person's decision."""
    rows = Milestone.objects.filter(state__in=WAITING)
    if not who.superuser:
        rows = rows.filter(_of_sides(coordinated_sides(who)))
    proposed = Q(state=MilestoneState.PROPOSED, proposed_by=who.person)
    return rows.exclude(proposed | Q(state=MilestoneState.CLAIMED, claimed_by=who.person))


def milestones_dropped_by(who: Standing) -> QuerySet[Milestone]:
    """Confirmed ones of the person's sides."""
    rows = Milestone.objects.filter(state__in=(*MILESTONE_OPEN, MilestoneState.MET))
    return rows if who.superuser else rows.filter(_of_sides(coordinated_sides(who)))


def extensions_seen_by(who: Standing) -> QuerySet[Extension]:
    """The table: which requests a person of this standing may read."""
    rows = Extension.objects.all()
    if who.superuser:
        return rows
    return rows.filter(_close(who) | (Q(state=ExtensionState.GRANTED) & _party(who)))


def extensions_decided_by(who: Standing) -> QuerySet[Extension]:
    """What waits for the person's decision."""
    rows = Extension.objects.waiting().exclude(asked_by=who.person)
    return rows if who.superuser else rows.filter(_of_sides(coordinated_sides(who)))


def extensions_withdrawn_by(who: Standing) -> QuerySet[Extension]:
    """What the person, or the person's unit, may take back while nobody has decided."""
    rows = Extension.objects.waiting()
    if who.superuser:
        return rows
    own = Q(asked_by=who.person) & _close(who)
    return rows.filter(own | Q(responsibility__unit__in=who.reporting_units))


def is_own_review(side: Responsibility, reviewer: User) -> bool:
    """本单位审核: the office sits in the lead's unit, or the reviewer is of that unit."""
    host = PlanSide.objects.filter(
        plan=side.task.plan_id, jurisdiction=side.side_id, office__host_unit=side.unit_id
    )
    posts = Membership.objects.current(today()).filter(user=reviewer, unit=side.unit_id)
    return host.exists() or posts.exists()


VERBS = {
    "milestone.view": Rule(Milestone, milestones_seen_by),
    "milestone.way": Rule(Milestone, ways_told_to),
    "milestone.edit": Rule(Responsibility, _reported_by),
    "milestone.decide": Rule(Milestone, milestones_decided_by),
    "milestone.drop": Rule(Milestone, milestones_dropped_by),
    "extension.view": Rule(Extension, extensions_seen_by),
    "extension.ask": Rule(Responsibility, _reported_by),
    "extension.decide": Rule(Extension, extensions_decided_by),
    "extension.withdraw": Rule(Extension, extensions_withdrawn_by),
}
