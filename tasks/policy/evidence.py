r"""Permission over 佐证材料; a part of the policy.

| verb | who |
|---|---|
| `evidence.view` | whoever may read what it stands with; of a milestone, its way |
| `evidence.edit` | officers and signers of the unit remove it, as long as the report, part or \
milestone is in their hands; of 代填, who entered it |
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from tasks import policy
from tasks.models import (
    Contribution,
    Evidence,
    FindingStep,
    Milestone,
    ProgressReport,
)
from tasks.policy import contributions, endings, inspection, schedule, signing
from tasks.states import (
    EDITABLE_STATES,
    FINDING_OPEN,
    MILESTONE_OPEN,
    ContributionState,
    MilestoneState,
)
from units.models import User
from units.standing import Rule, Standing, standing

Rows = Callable[[Standing], QuerySet[Any]]
CONTRIBUTION_EDITABLE = (ContributionState.DRAFT, ContributionState.RETURNED)


def _reports_read(who: Standing) -> QuerySet[Any]:
    return policy.reports_seen_by(who)


def _reports_written(who: Standing) -> QuerySet[Any]:
    rows = ProgressReport.objects.filter(state__in=EDITABLE_STATES)
    if who.superuser:
        return rows
    # 代填: while the office writes it, and once it was sent back to who wrote it.
    entered = Q(entered_by_office=True, filled_by=who.person)
    entered &= Q(responsibility__in=signing.entered_by(who).values("pk"))
    return rows.filter(Q(responsibility__unit__in=who.reporting_units) | entered)


def _contributions_written(who: Standing) -> QuerySet[Any]:
    rows = Contribution.objects.filter(state__in=CONTRIBUTION_EDITABLE)
    return rows if who.superuser else rows.filter(responsibility__unit__in=who.reporting_units)


def _milestones_written(who: Standing) -> QuerySet[Any]:
    open_ones = (MilestoneState.DRAFT, MilestoneState.PROPOSED, *MILESTONE_OPEN)
    rows = Milestone.objects.filter(state__in=open_ones)
    return rows if who.superuser else rows.filter(responsibility__unit__in=who.reporting_units)


def _steps_read(who: Standing) -> QuerySet[Any]:
    return FindingStep.objects.filter(finding__in=inspection.findings_seen_by(who))


def _steps_written(who: Standing) -> QuerySet[Any]:
    """Steps of one's own, as long as the finding is open."""
    return _steps_read(who).filter(by=who.person, finding__state__in=FINDING_OPEN)


# By what it stands with: the rows whose files one reads, and those with which one puts files.
READ: dict[str, Rows] = {
    "report": _reports_read,
    "contribution": contributions.seen_by,
    "milestone": schedule.ways_told_to,
    "extension": schedule.extensions_seen_by,
    "ending": endings.seen_by,
    "finding_step": _steps_read,
}
WRITTEN: dict[str, Rows] = {
    "report": _reports_written,
    "contribution": _contributions_written,
    "milestone": _milestones_written,
    "extension": schedule.extensions_withdrawn_by,
    "ending": endings.withdrawn_by,
    "finding_step": _steps_written,
}
# What an office or an inspector is reading keeps its files: who wants others takes it back first.
REMOVED: dict[str, Rows] = {
    "report": _reports_written,
    "contribution": _contributions_written,
    "milestone": lambda who: _milestones_written(who).exclude(state=MilestoneState.CLAIMED),
}


def owners_read(user: User, kind: str) -> QuerySet[Any]:
    """The rows of the kind whose files the person may read."""
    return _business(user, READ[kind])


def owners_written(user: User, kind: str) -> QuerySet[Any]:
    """The rows of the kind with which the person may put files."""
    return _business(user, WRITTEN[kind])


def _business(user: User, rows: Rows) -> QuerySet[Any]:
    who = standing(user)
    found = rows(who)
    return found if user.is_active and who.site_role is None else found.none()


def _of(rules: dict[str, Rows], who: Standing) -> Q:
    condition = Q(pk__in=[])
    for kind, rows in rules.items():
        condition |= Q(**{f"{kind}__in": rows(who).values("pk")})
    return condition


VERBS = {
    "evidence.view": Rule(Evidence, lambda who: Evidence.objects.filter(_of(READ, who))),
    "evidence.edit": Rule(Evidence, lambda who: Evidence.objects.filter(_of(REMOVED, who))),
}
