"""The desks of the three administrators: where each begins the day."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tracker.lib import workdays
from units import policy
from units.above import Figure, above
from units.columns import LOG_LIST
from units.models import Membership, PersonRequest, User
from units.policy import standing
from units.services import locks, log
from units.states import Role
from units.verbs import ADMINISTRATION
from units.web import person

SHOWN = 20


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of the reader's site role; 404 for everybody else."""
    user = person(request)
    match standing(user).site_role:
        case Role.SECURITY_ADMIN:
            return render(request, "units/desk_security.html", _security(user))
        case Role.SYSTEM_ADMIN:
            return render(request, "units/desk_system.html", _system())
        case Role.AUDIT_ADMIN:
            return render(request, "units/desk_audit.html", _audit(user))
    raise Http404


def _security(user: User) -> dict[str, Any]:
    today, now = workdays.today(), workdays.now()
    people = User.objects.all()
    unused = User.objects.unused(today)
    posts = Membership.objects.current(today)
    return {
        "today": today,
        "waiting": PersonRequest.objects.waiting().with_names().order_by("pk")[:SHOWN],
        "waiting_number": PersonRequest.objects.waiting().count(),
        "people_number": people.filter(is_active=True).count(),
        "off_number": people.filter(is_active=False).count(),
        "unused": unused.order_by("username")[:SHOWN],
        "unused_number": unused.count(),
        "locks": locks.current(now),
        "no_post_number": people.filter(is_active=True, is_superuser=False)
        .exclude(pk__in=posts.values("user"))
        .count(),
        "no_coordinator": not posts.filter(role=Role.COORDINATOR).exists(),
        "superusers": people.filter(is_superuser=True, is_active=True),
    }


def _system() -> dict[str, Any]:
    groups: dict[str, list[Figure]] = {}
    for figure in above.state_of_site():
        groups.setdefault(figure.group, []).append(figure)
    return {"now": workdays.now(), "groups": groups.items()}


def _audit(user: User) -> dict[str, Any]:
    today = workdays.today()
    entries: Any = policy.scope(user, "audit.view")
    day = log.narrowed(entries, since=today, until=today)
    rows = day.values_list("verb", flat=True)[:10_000]
    counts: dict[str, int] = {}
    for verb in rows:
        counts[verb] = counts.get(verb, 0) + 1
    newest = log.narrowed(entries)[:SHOWN]
    return {
        "today": today,
        "counts": [(verb, ADMINISTRATION[verb], counts[verb]) for verb in sorted(counts)],
        "heads": LOG_LIST.usual(user),
        "rows": [
            {"entry": one, "verb": log.verb_words(one), "changes": log.changes(one)}
            for one in newest
        ],
    }
