r"""Permission over findings, samples and saved views; a part of the policy.

| verb | who |
|---|---|
| `finding.view` | the unit, its side's office, inspectors of the place and above; nobody of the \
other side |
| `finding.issue` | lead rows in the places inspected |
| `finding.judge` | findings in the places inspected: uphold, withdraw, close, give back, extend; \
but nobody what they themselves answered or contested |
| `finding.answer` | findings about one's unit, for its officers and signers |
| `finding.decide` | findings that propose to revoke 办结, for coordinators of that side |
| `sample.view` | samples of the places inspected |
| `sample.draw` | the places inspected, of which one draws samples |
| `saved_view.keep` | one's own saved views |
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tasks.models import Finding, FindingStep, Responsibility, Sample, SavedView
from tasks.policy.sides import coordinated_sides, office_sides, on_sides
from tasks.states import FindingStepKind, PlanStatus
from units.models import Jurisdiction, codes_below
from units.standing import Rule, Standing


def places_of(who: Standing) -> QuerySet[Jurisdiction]:
    """The places that the person inspects, and those below."""
    places = Jurisdiction.objects.all()
    if who.superuser:
        return places
    return places.filter(codes_below(who.inspected)) if who.inspected else places.none()


def _inspected(rows: QuerySet[Any], who: Standing, field: str) -> QuerySet[Any]:
    return rows if who.superuser else rows.filter(**{f"{field}__in": places_of(who)})


def findings_seen_by(who: Standing) -> QuerySet[Finding]:
    """Between the unit, its side's office and the inspectors of the place."""
    rows = Finding.objects.all()
    if who.superuser:
        return rows
    seen = Q(responsibility__unit__in=who.units) | on_sides(
        office_sides(who), "responsibility__task__plan", "responsibility__side"
    )
    if who.inspected:
        seen |= Q(responsibility__side__in=places_of(who))
    return rows.filter(seen)


def _issued_on(who: Standing) -> QuerySet[Responsibility]:
    leads = Responsibility.objects.leads().filter(task__plan__status=PlanStatus.ISSUED)
    return _inspected(leads, who, "side")


def _answered_by(who: Standing) -> QuerySet[Finding]:
    rows = Finding.objects.all()
    return rows if who.superuser else rows.filter(responsibility__unit__in=who.reporting_units)


def _judged_by(who: Standing) -> QuerySet[Finding]:
    """Findings of the places, but none that the person answered or contested for the unit."""
    rows = _inspected(Finding.objects.all(), who, "responsibility__side")
    own = FindingStep.objects.filter(
        finding=OuterRef("pk"),
        by=who.person,
        kind__in=(FindingStepKind.ANSWER, FindingStepKind.CONTEST),
    )
    return rows.exclude(Exists(own))


def _decided_by(who: Standing) -> QuerySet[Finding]:
    rows = Finding.objects.filter(proposes_revoking=True)
    if who.superuser:
        return rows
    sides = coordinated_sides(who)
    return rows.filter(on_sides(sides, "responsibility__task__plan", "responsibility__side"))


VERBS = {
    "finding.view": Rule(Finding, findings_seen_by),
    "finding.issue": Rule(Responsibility, _issued_on),
    "finding.judge": Rule(Finding, _judged_by),
    "finding.answer": Rule(Finding, _answered_by),
    "finding.decide": Rule(Finding, _decided_by),
    "sample.view": Rule(Sample, lambda who: _inspected(Sample.objects.all(), who, "jurisdiction")),
    "sample.draw": Rule(Jurisdiction, places_of),
    "saved_view.keep": Rule(SavedView, lambda who: SavedView.objects.filter(person=who.person)),
}
