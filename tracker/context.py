"""What every page needs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks import policy
from tasks.models import Notice, Plan
from tracker import theme
from tracker.lib.workdays import today
from units.models import User
from units.policy import Standing, standing

MOST_SHOWN = 99
# Pages that can be narrowed to a plan; from elsewhere the switcher leads to the list of tasks.
PLAN_PAGES = ("tasks:list", "tasks:overdue", "tasks:targets")


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation; current on its own page and on the pages in `also`."""

    view: str
    icon: str
    label: str | Promise
    also: tuple[str, ...] = ()
    current: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view)


@dataclass(frozen=True)
class Entry:
    """An entry of the navigation with who gets it."""

    item: NavItem
    shown: str = ""  # the name of a test below; empty is everyone


TASKS = NavItem("tasks:list", "list-check", pgettext_lazy("several", "任务"), ("tasks:detail",))
FILL = NavItem("tasks:fill", "pencil", _("填报"), ("tasks:report",))
REVIEW = NavItem(
    "tasks:review",
    "checkup-list",
    _("审核"),
    ("tasks:approve", "tasks:return", "tasks:observation_review", "tasks:observation_return"),
)
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
ENTRIES = (
    Entry(NavItem("home", "home", _("工作台"))),
    Entry(TASKS),
    Entry(FILL, "reports_progress"),
    Entry(REVIEW, "reviews"),
    Entry(NavItem("tasks:overdue", "alert-triangle", _("逾期"))),
    Entry(TARGETS),
    Entry(NavItem("tasks:plans", "file-text", pgettext_lazy("several", "方案"), ("tasks:plan",))),
    Entry(RUNS),
    Entry(NavItem("tasks:notices", "bell", pgettext_lazy("several", "提醒"))),
)


def _is_shown(test: str, who: Standing) -> bool:
    match test:
        case "reports_progress":
            return bool(who.reporting_units) or who.superuser
        case "reviews":
            return who.is_coordinator or who.superuser
    return True


class Frame:
    """Navigation, plan switcher, unread notices; each read only where a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        match = request.resolver_match
        self.view = match.view_name if match else ""

    @cached_property
    def nav(self) -> list[NavItem]:
        who = standing(self.request.user)
        items = [entry.item for entry in ENTRIES if _is_shown(entry.shown, who)]
        return [
            NavItem(item.view, item.icon, item.label, item.also, self._is_current(item))
            for item in items
        ]

    def _is_current(self, item: NavItem) -> bool:
        return self.view == item.view or self.view in item.also

    @cached_property
    def plans(self) -> list[Plan]:
        return list(policy.scope(self.request.user, "plan.view"))

    @property
    def plan(self) -> Plan | None:
        """The plan to which the page is narrowed."""
        code = self.request.GET.get("plan")
        return next((plan for plan in self.plans if plan.code == code), None)

    @property
    def plan_page(self) -> str:
        return reverse(self.view if self.view in PLAN_PAGES else "tasks:list")

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


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. `frame` reads nothing until a template uses it."""
    return {
        "DEMO": settings.DEMO,
        "LANGUAGES_OFFERED": settings.LANGUAGES,
        "THEME": theme.chosen(request),
        "THEMES": theme.CHOICES,
        "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "frame": SimpleLazyObject(lambda: Frame(request)),
    }
