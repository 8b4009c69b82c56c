"""What the demo's inspector has found: to be put right, late, contested, answered, proposing."""

import datetime
from dataclasses import dataclass

from tasks.models import Finding, FindingStep, Responsibility
from tasks.services.demo.people import People
from tasks.services.demo.texts import MARK
from tasks.states import FindingState, FindingStepKind, OfficeAnswer, TaskState
from tracker.lib.workdays import SHANGHAI, add_workdays
from units.models import User
from units.services import audit

INSPECTOR = "auditor"
PLAN = "joint-2022"


@dataclass(frozen=True)
class Story:
    """A finding: how many working days ago it was issued, for how many, and what was said."""

    problem: str
    demand: str
    ago: int
    within: int
    state: FindingState = FindingState.ISSUED
    answer: str = ""
    of: TaskState = TaskState.IN_PROGRESS
    proposes: bool = False


STORIES = (
    Story(
        "三季度填报的项目开工数与现场核查不一致，少2个。",
        "逐个核对项目清单，补报差异说明和开工证明。",
        ago=6,
        within=10,
    ),
    Story("连续两个季度“存在问题”未填写。", "如实填报存在问题和需协调事项。", ago=18, within=10),
    Story(
        "年度任务未分解到责任处室。",
        "明确责任处室和责任人，报送分工方案。",
        ago=9,
        within=10,
        state=FindingState.CONTESTED,
        answer="分工方案已于九月印发，因文号登记延后未及时上传，申请复核。",
    ),
    Story(
        "佐证材料缺少验收意见。",
        "补充验收意见及验收组名单。",
        ago=12,
        within=15,
        state=FindingState.ANSWERED,
        answer="已补充验收意见和名单，随本次反馈一并报送。",
    ),
    Story(
        "抽查发现办结材料中的一项工程尚未投用。",
        "说明未投用原因和投用时间。",
        ago=4,
        within=10,
        of=TaskState.CLOSED,
        proposes=True,
    ),
)
SAID = {
    FindingState.CONTESTED: FindingStepKind.CONTEST,
    FindingState.ANSWERED: FindingStepKind.ANSWER,
}


def make_findings(people: People, today: datetime.date) -> int:
    """Findings about the first sides of the inspector's place; says how many."""
    inspector = User.objects.filter(username=INSPECTOR).first()
    if inspector is None:
        return 0
    place = inspector.memberships.exclude(jurisdiction=None).first()
    if place is None:
        return 0
    taken: set[int] = set()
    number = 0
    for story in STORIES:
        sides = Responsibility.objects.leads().filter(
            task__plan__code=PLAN, side=place.jurisdiction, state=story.of
        )
        side = sides.exclude(pk__in=taken).order_by("task__number").first()
        if side is None:
            continue
        taken.add(side.pk)
        number += 1
        finding = _finding(story, side, number, inspector, today)
        _tell(story, finding, people.officers.get(side.unit_id), today)
    audit.record("finding.issue", None, by=None, after={"findings": number})
    return number


def _finding(
    story: Story, side: Responsibility, number: int, by: User, today: datetime.date
) -> Finding:
    day = add_workdays(today, -story.ago)
    due = add_workdays(day, story.within)
    return Finding.objects.create(
        responsibility=side,
        year=day.year,
        number=number,
        problem=f"{MARK}{story.problem}",
        demand=f"{MARK}{story.demand}",
        state=story.state,
        first_due_on=due,
        due_on=due,
        proposes_revoking=story.proposes,
        office_due_on=add_workdays(day, 5) if story.proposes else None,
        office_answer=OfficeAnswer.WAITING if story.proposes else "",
        version=1 if story.state == FindingState.ISSUED else 2,
        issued_by=by,
        issued_at=_at(day, 10),
    )


def _tell(story: Story, finding: Finding, officer: User | None, today: datetime.date) -> None:
    day = finding.issued_at.date()
    FindingStep.objects.create(
        finding=finding,
        kind=FindingStepKind.ISSUE,
        text=finding.demand,
        due_on=finding.first_due_on,
        by=finding.issued_by,
        at=finding.issued_at,
    )
    if kind := SAID.get(story.state):
        at = _at(min(add_workdays(day, 3), today), 16)
        text = f"{MARK}{story.answer}"
        FindingStep.objects.create(finding=finding, kind=kind, text=text, by=officer, at=at)


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)
