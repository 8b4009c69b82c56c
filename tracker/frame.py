"""The frame of a page: navigation, what is chosen, and how it goes along."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from tasks import policy
from tasks.models import Notice, Plan
from tasks.services.offered import MOST_PLANS, plans_offered
from tasks.services.periods import latest_open_quarter
from tasks.states import PlanStatus
from tracker.lib.workdays import Quarter, today
from tracker.navigation import NavItem, entries_for
from units.models import User
from units.policy import is_business, standing

MOST_SHOWN = 99
QUARTERS_OFFERED = 12
# Pages that can be narrowed to a plan; from elsewhere the switcher leads to the list of tasks.
# What is chosen travels along with the navigation to the pages that know it.
PLAN_PAGES = (
    "tasks:list",
    "tasks:overdue",
    "tasks:targets",
    "tasks:matrix",
    "tasks:brief",
    "reports:runs",
)
# Of these, pages about plans that bind: a plan for reference only is none of theirs.
TRACKED_PAGES = ("tasks:overdue", "tasks:matrix", "tasks:brief", "reports:runs")
# Pages that know a quarter, and the parameter by which they are told.
QUARTER_PAGES = {
    "home": "quarter",
    "tasks:review": "quarter",
    "tasks:matrix": "last",
    "tasks:brief": "quarter",
    "reports:runs": "quarter",
}


def _with(params: dict[str, str]) -> str:
    return f"?{urlencode(params)}" if params else ""


class Frame:
    """Navigation, plan switcher, unread notices; each read only where a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        match = request.resolver_match
        self.view = match.view_name if match else ""

    @property
    def home(self) -> str:
        """The person's workbench; who only reads an office begins with the brief, not with this."""
        if not self.is_business:
            return reverse("units:desk")
        return f"{reverse('home')}{_with(self._desk)}"

    @property
    def _desk(self) -> dict[str, str]:
        return {"desk": "office"} if standing(self.request.user).only_reads_office else {}

    @cached_property
    def nav(self) -> list[NavItem]:
        """What the person can go to; the plan and the quarter that are chosen go along."""
        return [
            replace(item, current=self._is_current(item), query=self._query(item.view))
            for item in entries_for(self.request.user)
        ]

    def _is_current(self, item: NavItem) -> bool:
        return self.view == item.view or self.view in item.also

    @property
    def is_business(self) -> bool:
        """The person is none of the site's administrators, who have no plans and no search."""
        return is_business(self.request.user)

    @cached_property
    def plans(self) -> list[Plan]:
        """Those that can be chosen here."""
        plans = policy.scope(self.request.user, "plan.view")
        if self.view == "tasks:brief":
            plans = plans.filter(pk__in=self._brief_plans)
        elif self.view in TRACKED_PAGES:
            plans = plans.filter(status=PlanStatus.ISSUED)
        return plans_offered(self.request.user, plans)

    @cached_property
    def plan(self) -> Plan | None:
        """The plan to which the page is narrowed, or whose page it is."""
        match = self.request.resolver_match
        own = match.kwargs.get("code") if match and self.view == "tasks:plan" else None
        code = own or self.request.GET.get("plan")
        if not code:
            return None
        offered = next((plan for plan in self.plans if plan.code == code), None)
        if offered or not self.has_more_plans:
            return offered
        return policy.scope(self.request.user, "plan.view").filter(code=code[:50]).first()

    @property
    def has_more_plans(self) -> bool:
        """There may be plans that are not offered."""
        return len(self.plans) >= MOST_PLANS

    @property
    def plan_links(self) -> list[tuple[Plan | None, str]]:
        """The address for each plan, and first for all of them."""
        view = self.view if self.view in PLAN_PAGES else "tasks:list"
        chosen: list[Plan | None] = [None, *self.plans]
        return [(plan, f"{reverse(view)}{_with(self._at(view, plan))}") for plan in chosen]

    @property
    def knows_quarter(self) -> bool:
        return self.view in QUARTER_PAGES

    @cached_property
    def quarter(self) -> Quarter | None:
        """The quarter to which the page is narrowed; None where it is none that there is."""
        try:
            return Quarter.parse(self.request.GET.get(QUARTER_PAGES.get(self.view, "-"), ""))
        except ValueError:
            return None

    @property
    def quarter_links(self) -> list[tuple[Quarter | None, str]]:
        """The address of this page for the last quarters, newest first, and first for all."""
        name = QUARTER_PAGES[self.view]
        asked = self.request.GET.items()
        kept = {key: str(value) for key, value in asked if key not in {name, "page"}}
        links: list[tuple[Quarter | None, str]] = [(None, f"{self.request.path}{_with(kept)}")]
        for quarter in self._quarters():
            address = _with({**kept, name: str(quarter)})
            links.append((quarter, f"{self.request.path}{address}"))
        return links

    def _quarters(self) -> list[Quarter]:
        """Those that have opened since the first plan, or the chosen one, was tracked."""
        plans = [self.plan] if self.plan else self.plans
        first = min((plan.first_quarter for plan in plans if plan.first_quarter), default=None)
        quarter = latest_open_quarter(today())
        found: list[Quarter] = []
        while first and quarter >= first and len(found) < QUARTERS_OFFERED:
            found.append(quarter)
            quarter = quarter.previous
        return found

    def _at(self, view: str, plan: Plan | None) -> dict[str, str]:
        """The parameters that the page takes of the plan and of the quarter chosen here."""
        asked: dict[str, str] = dict(self._desk) if view == "home" else {}
        if plan and view == "tasks:brief" and plan.pk not in self._brief_plans:
            plan = None
        if plan and view in PLAN_PAGES and not (view in TRACKED_PAGES and plan.is_reference):
            asked["plan"] = plan.code
        if self.quarter and view in QUARTER_PAGES:
            asked[QUARTER_PAGES[view]] = str(self.quarter)
        return asked

    @cached_property
    def _brief_plans(self) -> set[int]:
        """Plans of which the person reads a brief."""
        sides = policy.scope(self.request.user, "brief.view")
        return set(sides.values_list("plan_id", flat=True))

    def _query(self, view: str) -> str:
        return _with(self._at(view, self.plan)) if view in {*PLAN_PAGES, *QUARTER_PAGES} else ""

    @cached_property
    def unread(self) -> int:
        notices: Any = policy.scope(self.request.user, "notice.view")
        return int(notices.unread().count()) if notices.model is Notice else 0

    @property
    def unread_shown(self) -> str:
        return f"{MOST_SHOWN}+" if self.unread > MOST_SHOWN else str(self.unread)

    @cached_property
    def bodies(self) -> list[str]:
        """What the person is and where, for the person's menu."""
        user = self.request.user
        if not isinstance(user, User):
            return []
        rows = user.memberships.current(today()).select_related("unit", "office", "jurisdiction")
        return [f"{m.body or ''} {m.get_role_display()}".strip() for m in rows]
