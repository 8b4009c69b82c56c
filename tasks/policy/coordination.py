r"""Permission over 协调答复; a part of the policy.

| verb | who |
|---|---|
| `report.answer` | the office of that side: reports handed in or approved that ask for \
coordination |
"""

from django.db.models import QuerySet

from tasks.models import ProgressReport
from tasks.policy.sides import coordinated_sides, on_sides
from tasks.states import REPORTED_STATES
from units.standing import Rule, Standing


def _answered_by(who: Standing) -> QuerySet[ProgressReport]:
    rows = ProgressReport.objects.filter(state__in=REPORTED_STATES).exclude(coordination="")
    if who.superuser:
        return rows
    return rows.filter(
        on_sides(coordinated_sides(who), "responsibility__task__plan", "responsibility__side")
    )


VERBS = {"report.answer": Rule(ProgressReport, _answered_by)}
