"""Make the demo: people, reports of every quarter, closed quarters; all or nothing."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from tasks.models import (
    Assessment,
    Assignment,
    Contribution,
    Ending,
    Evidence,
    Finding,
    Milestone,
    Period,
    Plan,
    ProgressReport,
    Responsibility,
    Snapshot,
    Task,
)
from tasks.services.demo.assignments import hand_out_all
from tasks.services.demo.contacts import make_contacts, make_requests
from tasks.services.demo.ends import assess_all, end_all
from tasks.services.demo.evidence import make_evidence
from tasks.services.demo.inspection import make_findings
from tasks.services.demo.people import People, add_accounts, make_people
from tasks.services.demo.quarters import keep_last_quarters
from tasks.services.demo.reminders import has_past, make_past_notices
from tasks.services.demo.reports import SideReports
from tasks.services.demo.schedule import schedule_all
from tasks.services.demo.signing import make_signing
from tasks.services.demo.stories import story_of
from tasks.services.demo.successions import rename_all
from tasks.services.demo.urging import has_any, make_urges
from tasks.states import EndingKind, PeriodState, TaskState
from tracker.lib.workdays import add_workdays
from units.models import AuditEntry, PersonRequest, Succession, User
from units.services import audit

VERB = "demo.make"
CLOSED_AFTER_GRACE = 2  # working days


@dataclass(frozen=True)
class Made:
    """What came of a making; `refused` says that the data is not the demo's.

    `added_to` says that parts were added to a demo of before.
    """

    people: int = 0
    reports: int = 0
    closed: int = 0
    refused: bool = False
    added_to: bool = False


def is_made() -> bool:
    """Say whether this is the demo's data."""
    return AuditEntry.objects.filter(verb=VERB).exists()


def is_used() -> bool:
    """Say whether people are here, or reports of theirs."""
    return User.objects.exists() or ProgressReport.objects.exists()


@transaction.atomic
def make_demo(*, today: datetime.date) -> Made:
    """Make the demo data once; beside real reports nothing is changed.

    A second time only parts are made of which there is nothing, as in a demo of an older version.
    """
    plans = list(Plan.objects.tracked().select_for_update(of=("self",)).order_by("pk"))
    if is_made():
        return _add_missing(plans, today)
    if ProgressReport.objects.exists():
        return Made(refused=True)
    people = make_people()
    closed = sum(_close_past(plan, today) for plan in plans)
    reports = _make_reports(plans, people, today)
    hand_out_all(plans, people, today)
    end_all(plans, people, today)
    assess_all(plans, people, today)
    make_findings(people, today)
    schedule_all(plans, people, today)
    keep_last_quarters(plans)
    rename_all(today)
    make_contacts()
    make_requests(today=today)
    make_signing(people, today)
    make_evidence()
    make_past_notices(plans, today)
    make_urges(today)
    made = Made(people.count, reports, closed)
    audit.record(
        VERB, None, by=None, after={"people": made.people, "reports": reports, "periods": closed}
    )
    return made


def _add_missing(plans: list[Plan], today: datetime.date) -> Made:
    """Accounts that log in, contacts, 交办, requests: each where there is none."""
    parts = [text for text, there in _parts() if not there]
    before = User.objects.count()
    people = add_accounts()
    if "contacts" in parts:
        make_contacts()
    if "assignments" in parts:
        hand_out_all(plans, people, today)
    if "requests" in parts:
        make_requests(today=today)
    if "signing" in parts:
        make_signing(people, today)
    if "ends" in parts:
        end_all(plans, people, today)
    if "assessments" in parts:
        assess_all(plans, people, today)
    if "findings" in parts:
        make_findings(people, today)
    if "milestones" in parts:
        schedule_all(plans, people, today)
    if "snapshots" in parts:
        keep_last_quarters(plans)
    if "successions" in parts:
        rename_all(today)
    if "evidence" in parts:
        make_evidence()
    if "notices" in parts:
        make_past_notices(plans, today)
    if "urges" in parts:
        make_urges(today)
    added = User.objects.count() - before
    if added or parts:
        audit.record(VERB, None, by=None, after={"people": added, "parts": parts})
    return Made(added, added_to=bool(added or parts))


def _parts() -> list[tuple[str, bool]]:
    """The parts of a demo that came later, and whether there is something of each."""
    return [
        ("contacts", Responsibility.objects.exclude(liaison="").exists()),
        ("assignments", Assignment.objects.exists()),
        ("requests", PersonRequest.objects.exists()),
        ("signing", Contribution.objects.exists()),
        ("ends", Ending.objects.filter(kind=EndingKind.CARRIED).exists() or not _carried()),
        ("assessments", Assessment.objects.exists()),
        ("findings", Finding.objects.exists()),
        ("milestones", Milestone.objects.exists()),
        ("snapshots", Snapshot.objects.exists()),
        ("successions", Succession.objects.exists()),
        ("evidence", Evidence.objects.exists()),
        ("notices", has_past()),
        ("urges", has_any()),
    ]


def _carried() -> bool:
    """Some side was carried over, as in the demo's story of the joint plan."""
    return Responsibility.objects.leads().filter(state=TaskState.CARRIED).exists()


def _close_past(plan: Plan, today: datetime.date) -> int:
    """Close all quarters of the plan but the latest."""
    past = list(plan.periods.filter(state=PeriodState.OPEN).order_by("year", "quarter"))[:-1]
    for period in past:
        period.state = PeriodState.CLOSED
        period.closed_on = min(add_workdays(period.grace_until, CLOSED_AFTER_GRACE), today)
    return Period.objects.bulk_update(past, ["state", "closed_on"])


def _make_reports(plans: list[Plan], people: People, today: datetime.date) -> int:
    sides: list[Responsibility] = []
    reports: list[ProgressReport] = []
    turn = 0
    for plan in plans:
        periods = list(plan.periods.order_by("year", "quarter"))
        for side in _leads(plan):
            story = story_of(side, turn, len(periods))
            turn += 1
            maker = SideReports(side, story, people, today)
            mine = maker.reports(periods)
            reports += mine
            side.state = story.state
            side.due_on = story.due_on(today)
            if story.state != TaskState.NOT_STARTED:
                side.state_since = maker.since(periods)
            sides.append(side)
    made = ProgressReport.objects.bulk_create(reports, batch_size=500)
    Responsibility.objects.bulk_update(sides, ["state", "state_since", "due_on"], batch_size=200)
    # A report was begun when it was filed, not when the demo was made.
    filed = ProgressReport.objects.filter(submitted_at__isnull=False)
    filed.update(created_at=F("submitted_at"), updated_at=F("submitted_at"))
    return len(made)


def _leads(plan: Plan) -> list[Responsibility]:
    """Return the plan's lead responsibilities, each with its task's partners at hand."""
    tasks = (
        Task.objects.filter(plan=plan)
        .select_related("plan", "action")
        .prefetch_related("responsibilities__unit", "responsibilities__side", "implements__plan")
        .order_by("number")
    )
    leads: list[Responsibility] = []
    for task in tasks:
        for side in task.leads:
            side.task = task
            leads.append(side)
    return leads
