r"""Permission over 配合情况; a part of the policy.

The lead of a part is who leads its task on its side; a body of no side helps every lead.

| verb | who |
|---|---|
| `contribution.view` | own unit; once told, its lead; that side's office and inspector once the \
lead's report is handed in; once that is approved, who reads the report, as far as the part was \
taken in |
| `contribution.edit` | cooperating responsibilities: the unit's officers and signers |
| `contribution.recall` | parts told and not yet taken in: the unit's officers and signers |
| `contribution.take` | parts told: its lead's officers and signers take them in or send them back |
"""

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from tasks.models import Contribution, ProgressReport, Responsibility
from tasks.models.contributions import CONTRIBUTION_TOLD
from tasks.policy.sides import Sides, office_sides, on_sides
from tasks.states import HANDED_IN_STATES, ContributionState, ReportState, Role
from units.models import Jurisdiction, codes_below
from units.standing import Rule, Standing

SIDE_OF_PART = "responsibility__side"


def same_side(prefix: str, side: str) -> Q:
    """Condition on a lead: it stands where the part does; `side` names the part's in the query."""
    name = f"{prefix}side"
    where = Coalesce(OuterRef(side), F(name), output_field=IntegerField())
    return Q(**{name: where}) | Q(**{f"{name}__isnull": True})


def leads_of_parts() -> QuerySet[Responsibility]:
    """For an outer query of parts: who leads."""
    return Responsibility.objects.leads().filter(
        same_side("", SIDE_OF_PART), task=OuterRef("responsibility__task")
    )


def _reports_of_parts() -> QuerySet[ProgressReport]:
    return ProgressReport.objects.filter(
        same_side("responsibility__", SIDE_OF_PART),
        responsibility__task=OuterRef("responsibility__task"),
        period=OuterRef("period"),
    )


def seen_by(who: Standing) -> QuerySet[Contribution]:
    """Which parts a person of this standing may read."""
    rows = Contribution.objects.all()
    if who.superuser:
        return rows
    own = Q(responsibility__unit__in=who.units)
    told = Q(state__in=CONTRIBUTION_TOLD)
    led = Exists(leads_of_parts().filter(unit__in=who.units))
    sides = office_sides(who)
    handed_in = Exists(_reports_of_parts().filter(_close(who, sides), state__in=HANDED_IN_STATES))
    approved = Exists(_reports_of_parts().filter(state=ReportState.APPROVED))
    taken = Q(state=ContributionState.TAKEN) & Q(approved) & _party(who, sides)
    return rows.filter(own | told & (Q(led) | Q(handed_in)) | taken)


def _close(who: Standing, sides: Sides) -> Q:
    """Reports of the sides of one's offices and places."""
    condition = on_sides(sides, "responsibility__task__plan", "responsibility__side")
    if who.inspected:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        condition |= Q(responsibility__side__in=places)
    return condition


def _party(who: Standing, sides: Sides) -> Q:
    same_task = Exists(
        Responsibility.objects.filter(task=OuterRef("responsibility__task"), unit__in=who.units)
    )
    return Q(same_task) | Q(responsibility__task__plan__in={plan for plan, _ in sides})


def _edited_by(who: Standing) -> QuerySet[Responsibility]:
    rows = Responsibility.objects.filter(role=Role.COOPERATING)
    return rows if who.superuser else rows.filter(unit__in=who.reporting_units)


def _recalled_by(who: Standing) -> QuerySet[Contribution]:
    rows = Contribution.objects.filter(state=ContributionState.SUBMITTED)
    return rows if who.superuser else rows.filter(responsibility__unit__in=who.reporting_units)


def _taken_by(who: Standing) -> QuerySet[Contribution]:
    """A part of no side is taken in by each lead."""
    again = Q(state=ContributionState.TAKEN, responsibility__side=None)
    rows = Contribution.objects.filter(Q(state=ContributionState.SUBMITTED) | again)
    if who.superuser:
        return rows
    return rows.filter(Exists(leads_of_parts().filter(unit__in=who.reporting_units)))


VERBS = {
    "contribution.view": Rule(Contribution, seen_by),
    "contribution.edit": Rule(Responsibility, _edited_by),
    "contribution.recall": Rule(Contribution, _recalled_by),
    "contribution.take": Rule(Contribution, _taken_by),
}
