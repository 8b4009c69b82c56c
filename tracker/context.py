"""What every page needs."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks import policy
from tasks.models import Notice, Plan
from tasks.services.offered import MOST_PLANS, plans_offered
from tasks.services.periods import latest_open_quarter
from tasks.states import PlanStatus
from tracker import theme
from tracker.lib.workdays import Quarter, today
from units.models import User
from units.policy import Standing, standing
from units.services import passwords
from units.states import Role

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


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation; current on its own page and on the pages in `also`."""

    view: str
    icon: str
    label: str | Promise
    also: tuple[str, ...] = ()
    current: bool = False
    query: str = ""

    @property
    def url(self) -> str:
        return f"{reverse(self.view)}{self.query}"

    @property
    def exists(self) -> bool:
        """There is such a page on this site."""
        try:
            return bool(self.url)
        except NoReverseMatch:
            return False


@dataclass(frozen=True)
class Entry:
    """An entry of the navigation with who gets it."""

    item: NavItem
    shown: str = ""  # the name of a test below; empty is everyone but the site's administrators


TASKS = NavItem("tasks:list", "list-check", pgettext_lazy("several", "任务"), ("tasks:detail",))
FILL = NavItem("tasks:fill", "pencil", _("填报"), ("tasks:report",))
REVIEW = NavItem(
    "tasks:review",
    "checkup-list",
    _("审核"),
    ("tasks:approve", "tasks:return", "tasks:observation_review", "tasks:observation_return"),
)
BRIEF = NavItem("tasks:brief", "printer", _("工作进展一页"), ("tasks:brief_note",))
TARGETS = NavItem(
    "tasks:targets",
    "target-arrow",
    pgettext_lazy("several", "目标"),
    (
        "tasks:target",
        "tasks:observe",
        "tasks:observations",
        "tasks:observation",
        "tasks:observation_edit",
    ),
)
RUNS = NavItem(
    "reports:runs", "file-spreadsheet", pgettext_lazy("several", "报表"), ("reports:run",)
)
PLAN_VIEWS = (
    "plan", "plan_new", "plan_manage", "plan_edit", "plan_copy", "plan_publish", "plan_delete",
    "action_new", "action_edit", "action_delete", "task_new", "task_edit", "task_delete",
    "duties", "duty_new", "duty_edit", "duty_delete",
)  # fmt: skip
PLANS = NavItem(
    "tasks:plans",
    "file-text",
    pgettext_lazy("several", "方案"),
    tuple(f"tasks:{name}" for name in PLAN_VIEWS),
)
UNITS = NavItem(
    "tasks:units",
    "building",
    pgettext_lazy("several", "单位"),
    ("tasks:unit", "tasks:contacts", "tasks:contacts_edit", "tasks:contacts_import"),
)
PEOPLE = NavItem(
    "units:people", "user", _("人员"), ("units:person", "units:invite", "units:requests")
)
ENTRIES = (
    Entry(NavItem("home", "home", _("工作台"))),
    Entry(TASKS),
    Entry(FILL, "reports_progress"),
    Entry(REVIEW, "reviews"),
    Entry(NavItem("tasks:overdue", "alert-triangle", _("逾期"))),
    Entry(NavItem("tasks:matrix", "columns", _("任务矩阵"))),
    Entry(BRIEF, "reads_brief"),
    Entry(TARGETS),
    Entry(PLANS),
    Entry(NavItem("tasks:assignments", "check", _("交办签收")), "has_part"),
    Entry(UNITS),
    Entry(RUNS),
    Entry(NavItem("tasks:notices", "bell", pgettext_lazy("several", "提醒"))),
    Entry(NavItem("units:desk", "home", _("工作台")), "administers"),
    Entry(PEOPLE, "keeps_people"),
    Entry(NavItem("units:audit", "history", pgettext_lazy("several", "记录")), "keeps_log"),
)


def _is_shown(test: str, who: Standing) -> bool:
    match test:
        case "reports_progress":
            return bool(who.reporting_units) or who.superuser
        case "reviews":
            return who.is_coordinator or who.superuser
        case "reads_brief":
            return bool(who.offices or who.inspected) or who.superuser
        case "has_part":
            return bool(who.units or who.offices or who.inspected) or who.superuser
        case "administers":
            return who.site_role is not None
        case "keeps_people":
            return who.site_role == Role.SECURITY_ADMIN
        case "keeps_log":
            return who.site_role == Role.AUDIT_ADMIN
    return who.site_role is None


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
        who = standing(self.request.user)
        items = [entry.item for entry in ENTRIES if _is_shown(entry.shown, who)]
        return [
            replace(item, current=self._is_current(item), query=self._query(item.view))
            for item in items
            if item.exists
        ]

    def _is_current(self, item: NavItem) -> bool:
        return self.view == item.view or self.view in item.also

    @property
    def is_business(self) -> bool:
        """The person is none of the site's administrators, who have no plans and no search."""
        return standing(self.request.user).site_role is None

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


def password_days(request: HttpRequest) -> int | None:
    """For how many days the password still serves, once that is to be said."""
    user = getattr(request, "user", None)
    return passwords.days_left(user, today()) if isinstance(user, User) else None


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. `frame` reads nothing until a template uses it."""
    return {
        "DEMO": settings.DEMO,
        "LANGUAGES_OFFERED": settings.LANGUAGES,
        "THEME": theme.chosen(request),
        "THEMES": theme.CHOICES,
        "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "password_days": password_days(request),
        "frame": SimpleLazyObject(lambda: Frame(request)),
    }
