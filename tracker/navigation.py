"""Where a person can go: the entries of the navigation, each with who gets it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks import policy as business
from units import policy as people


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
    """An entry of the navigation with the policy that says who gets it."""

    item: NavItem
    shown: Callable[[Any], bool] = people.is_business


TASKS = NavItem("tasks:list", "list-check", pgettext_lazy("several", "任务"), ("tasks:detail",))
FILL = NavItem(
    "tasks:fill",
    "pencil",
    _("填报"),
    ("tasks:report", "tasks:contributions", "tasks:contribution", "tasks:signing"),
)
REVIEW = NavItem(
    "tasks:review",
    "checkup-list",
    _("审核"),
    (
        "tasks:approve",
        "tasks:return",
        "tasks:review_many",
        "tasks:observation_review",
        "tasks:observation_return",
        "tasks:endings",
        "tasks:ending",
        "tasks:extensions",
        "tasks:extension",
    ),
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
FINDINGS = NavItem(
    "tasks:findings",
    "search",
    pgettext_lazy("several", "督查"),
    tuple(
        f"tasks:{name}"
        for name in ("finding", "finding_new", "finding_act", "finding_paper", "samples", "sample")
    ),
)
RUNS = NavItem(
    "reports:runs",
    "file-spreadsheet",
    pgettext_lazy("several", "报表"),
    (
        *("reports:run", "reports:forms", "reports:upload"),
        *(f"reports:{name}" for name in ("schedules", "schedule", "schedule_new", "schedule_edit")),
    ),
)
URGE_VIEWS = tuple(
    f"tasks:{name}" for name in ("urge", "urge_unit", "urge_new", "urge_sign", "calls", "call_new")
)
URGES = NavItem("tasks:urges", "mail", _("催办"), URGE_VIEWS)
# The same page for who is sent letters: central bodies are asked, never urged.
LETTERS = NavItem("tasks:urges", "mail", _("函件签收"), URGE_VIEWS)
PLAN_VIEWS = (
    "plan", "plan_new", "plan_manage", "plan_edit", "plan_copy", "plan_publish", "plan_delete",
    "action_new", "action_edit", "action_delete", "task_new", "task_edit", "task_delete",
    "duties", "duty_new", "duty_edit", "duty_delete", "assessment",
    "plan_settings", "plan_reminders", "quarters", "quarter", "quarter_close", "quarter_reopen",
    "effect",
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
    (
        "tasks:unit",
        "tasks:contacts",
        "tasks:contacts_edit",
        "tasks:contacts_import",
        "units:deputies",
    ),
)
PEOPLE = NavItem(
    "units:people", "user", _("人员"), ("units:person", "units:invite", "units:requests")
)
ENTRIES = (
    Entry(NavItem("home", "home", _("工作台"))),
    Entry(TASKS),
    Entry(FILL, business.fills_in),
    Entry(REVIEW, business.reviews),
    Entry(NavItem("tasks:overdue", "alert-triangle", _("逾期"))),
    Entry(NavItem("tasks:matrix", "columns", _("任务矩阵"), ("tasks:rollup",))),
    Entry(FINDINGS, business.has_part),
    Entry(BRIEF, business.reads_briefs),
    Entry(TARGETS),
    Entry(PLANS),
    Entry(NavItem("tasks:assignments", "check", _("交办签收")), business.has_part),
    Entry(URGES, business.reviews),
    Entry(LETTERS, business.signs_for_letters),
    Entry(UNITS),
    Entry(RUNS),
    Entry(
        NavItem("tasks:records", "history", pgettext_lazy("several", "记录")),
        business.reads_briefs,
    ),
    Entry(
        NavItem(
            "tasks:notices",
            "bell",
            pgettext_lazy("several", "提醒"),
            ("tasks:channels", "tasks:robots", "tasks:preview"),
        )
    ),
    Entry(NavItem("units:desk", "home", _("工作台")), people.administers),
    Entry(NavItem("deliveries", "mail", _("消息发送")), people.runs_site),
    Entry(NavItem("reminder_counts", "bell", _("提醒数量")), people.runs_site),
    Entry(NavItem("units:calendar", "calendar", _("节假日安排")), people.runs_site),
    Entry(PEOPLE, people.keeps),
    Entry(
        NavItem(
            "units:audit", "history", pgettext_lazy("several", "记录"), ("units:audit_verify",)
        ),
        people.reads_log,
    ),
)


def entries_for(user: Any) -> list[NavItem]:
    """Where the person can go on this site."""
    return [entry.item for entry in ENTRIES if entry.shown(user) and entry.item.exists]
