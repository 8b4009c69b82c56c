"""办结, 销号 and the other ends: who may, what is asked, what becomes of the side."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks import policy
from tasks.models import Ending, Notice, PlanSide, Responsibility, Task
from tasks.services import endings
from tasks.services.ending_rules import Claim, later_tasks
from tasks.states import EndingKind, EndingState, LightWord, TaskState
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    NoticeFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import AuditEntry, Membership, User

pytestmark = pytest.mark.django_db
DONE = Claim(EndingKind.COMPLETED, "项目已投产，验收报告见附件。")
WORDS = {
    EndingKind.STANDING: "长效机制已建立。",
    EndingKind.SUSPENDED: "国家政策调整。",
    EndingKind.CARRIED: "结转至下一期方案。",
}


@dataclass(frozen=True)
class Cast:
    """A joint task of two sides, each with its lead and its office; 重庆市's office has two."""

    task: Task
    side: Responsibility
    other: Responsibility
    lead: User
    other_lead: User
    office: User
    colleague: User
    other_office: User
    stranger: User
    auditor: User
    later: Task


@pytest.fixture
def cast() -> Cast:
    plan = joint_plan()
    task = TaskFactory(plan=plan)
    side = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    other = ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    offices = [row.office for row in PlanSide.objects.filter(plan=plan).order_by("order")]
    ProgressReportFactory(responsibility=side, approved=True, percent=100)
    later = PlanFactory(starts_on=datetime.date(2031, 1, 1), ends_on=datetime.date(2035, 12, 31))
    return Cast(
        task=task,
        side=side,
        other=other,
        lead=officer(side.unit),
        other_lead=officer(other.unit),
        office=coordinator(offices[0]),
        colleague=coordinator(offices[0]),
        other_office=coordinator(offices[1]),
        stranger=officer(UnitFactory()),
        auditor=inspector(JurisdictionFactory()),
        later=TaskFactory(plan=later, title="继续开发油气资源"),
    )


def claim(cast: Cast, entry: Claim = DONE, by: User | None = None, **more: Any) -> Ending:
    side = more.pop("side", cast.side)
    return endings.claim(side, entry, by=by or cast.lead, now=NOW)


def state(side: Responsibility) -> TaskState:
    return TaskState(Responsibility.objects.get(pk=side.pk).state)


def accept(ending: Ending, by: User) -> Ending:
    return endings.accept(ending, by=by, now=NOW)


def entry_of(cast: Cast, kind: EndingKind) -> Claim:
    carried = cast.later if kind == EndingKind.CARRIED else None
    return Claim(kind, WORDS[kind], carried_to=carried)


def test_done_is_claimed_then_closed_off(cast: Cast) -> None:
    ending = claim(cast)
    assert (state(cast.side), ending.percent) == (TaskState.COMPLETED, 100)
    done = accept(ending, cast.office)
    assert state(cast.side) == TaskState.CLOSED
    assert (done.state, done.decided_by) == (EndingState.ACCEPTED, cast.office)
    assert not done.own_office_review
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    wanted = ["task.move", "ending.claim", "task.move", "ending.accept"]
    assert [verb for verb in verbs if verb in wanted] == wanted


def test_a_task_is_closed_off_when_both_sides_are(cast: Cast) -> None:
    accept(claim(cast), cast.office)
    assert _whole(cast) == TaskState.IN_PROGRESS
    ProgressReportFactory(responsibility=cast.other, approved=True, percent=100)
    ending = claim(cast, side=cast.other, by=cast.other_lead)
    assert _whole(cast) == TaskState.COMPLETED
    accept(ending, cast.other_office)
    assert _whole(cast) == TaskState.CLOSED
    (shown,) = Task.objects.filter(pk=cast.task.pk).for_list(TODAY)
    assert shown.light_word(TODAY) == LightWord.CLOSED


def _whole(cast: Cast) -> TaskState | None:
    return Task.objects.get(pk=cast.task.pk).state


@pytest.mark.parametrize("percent", [None, 60])
def test_less_than_whole_says_why(cast: Cast, percent: int | None) -> None:
    if percent is not None:
        ProgressReportFactory(responsibility=cast.other, approved=True, percent=percent)
    with pytest.raises(ValidationError) as caught:
        claim(cast, side=cast.other, by=cast.other_lead)
    assert list(caught.value.message_dict) == ["shortfall"]
    assert state(cast.other) == TaskState.IN_PROGRESS
    entry = Claim(EndingKind.COMPLETED, "做完了。", shortfall="余下部分由区县承担。")
    made = claim(cast, entry, side=cast.other, by=cast.other_lead)
    assert (made.percent, made.shortfall) == (percent, "余下部分由区县承担。")


def test_words_are_asked_for(cast: Cast) -> None:
    for kind in EndingKind:
        with pytest.raises(ValidationError) as caught:
            claim(cast, Claim(kind, " "))
        assert "reason" in caught.value.message_dict


def test_what_was_not_begun_cannot_be_done(cast: Cast) -> None:
    Responsibility.objects.update(state=TaskState.NOT_STARTED)
    with pytest.raises(ValidationError) as caught:
        claim(cast)
    assert "尚未启动" in caught.value.messages[0]


def test_one_claim_at_a_time(cast: Cast) -> None:
    claim(cast, entry_of(cast, EndingKind.STANDING))
    with pytest.raises(ValidationError) as caught:
        claim(cast, entry_of(cast, EndingKind.SUSPENDED))
    assert "待核定" in caught.value.messages[0]


def test_sent_back_goes_on(cast: Cast) -> None:
    ending = claim(cast)
    with pytest.raises(ValidationError):
        endings.refuse(ending, reason=" ", by=cast.office, now=NOW)
    refused = endings.refuse(ending, reason="缺验收报告。", by=cast.office, now=NOW)
    assert (state(cast.side), refused.state) == (TaskState.IN_PROGRESS, EndingState.REFUSED)
    assert claim(cast).state == EndingState.CLAIMED


@pytest.mark.parametrize("kind", [EndingKind.STANDING, EndingKind.CARRIED, EndingKind.SUSPENDED])
def test_the_other_ends_hold_once_accepted(cast: Cast, kind: EndingKind) -> None:
    ending = claim(cast, entry_of(cast, kind))
    assert state(cast.side) == TaskState.IN_PROGRESS
    accept(ending, cast.office)
    assert state(cast.side).value == kind.value
    assert not Responsibility.objects.open().filter(pk=cast.side.pk).exists()


def test_an_office_enters_an_end_and_another_person_confirms(cast: Cast) -> None:
    ending = claim(cast, entry_of(cast, EndingKind.SUSPENDED), by=cast.office)
    with pytest.raises(PermissionDenied):
        accept(ending, cast.office)
    assert accept(ending, cast.colleague).own_office_review is False


def test_who_is_alone_in_the_office_confirms_and_it_is_marked(cast: Cast) -> None:
    Membership.objects.filter(user=cast.colleague).delete()
    ending = claim(cast, entry_of(cast, EndingKind.SUSPENDED), by=cast.office)
    assert accept(ending, cast.office).own_office_review is True


def test_who_claimed_for_the_unit_never_confirms(cast: Cast) -> None:
    Membership.objects.filter(user=cast.colleague).delete()
    both = cast.office
    Membership.objects.create(user=both, unit=cast.side.unit, role="officer")
    ending = claim(cast, by=both)
    with pytest.raises(PermissionDenied):
        accept(ending, both)


def test_an_office_whose_own_unit_leads_marks_it(cast: Cast) -> None:
    office = PlanSide.objects.get(plan=cast.task.plan, jurisdiction=cast.side.side).office
    office.host_unit = cast.side.unit
    office.save()
    assert accept(claim(cast), cast.office).own_office_review is True


def test_an_office_does_not_say_that_it_is_done(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        claim(cast, by=cast.office)


def test_who_may_not(cast: Cast) -> None:
    for person in (cast.stranger, cast.other_lead, cast.other_office, cast.auditor):
        with pytest.raises(PermissionDenied):
            claim(cast, by=person)
    ending = claim(cast)
    for person in (cast.lead, cast.stranger, cast.other_office, cast.auditor):
        with pytest.raises(PermissionDenied):
            accept(ending, person)


def test_who_reads_a_claim(cast: Cast) -> None:
    ending = claim(cast)
    close = {cast.lead, cast.office, cast.colleague, cast.auditor}
    assert _readers(cast, ending) == close
    accept(ending, cast.office)
    assert _readers(cast, ending) == close | {cast.other_lead, cast.other_office}


def _readers(cast: Cast, ending: Ending) -> set[User]:
    people = [value for value in vars(cast).values() if isinstance(value, User)]
    fresh = [User.objects.get(pk=one.pk) for one in people]
    return {one for one in fresh if policy.can(one, "ending.view", ending)}


def test_a_claim_is_taken_back(cast: Cast) -> None:
    ending = claim(cast)
    with pytest.raises(PermissionDenied):
        endings.withdraw(ending, by=cast.office, now=NOW)
    colleague = officer(cast.side.unit)
    endings.withdraw(ending, by=colleague, now=NOW)
    assert state(cast.side) == TaskState.IN_PROGRESS
    with pytest.raises(IllegalMove):
        accept(ending, cast.office)


@pytest.mark.parametrize("kind", list(EndingKind))
def test_an_end_is_revoked(cast: Cast, kind: EndingKind) -> None:
    entry = DONE if kind == EndingKind.COMPLETED else entry_of(cast, kind)
    ending = accept(claim(cast, entry), cast.office)
    with pytest.raises(ValidationError):
        endings.revoke(ending, reason="", by=cast.office, now=NOW)
    with pytest.raises(PermissionDenied):
        endings.revoke(ending, reason="复查不合格。", by=cast.lead, now=NOW)
    endings.revoke(ending, reason="复查不合格。", by=cast.office, now=NOW)
    ending.refresh_from_db()
    assert (state(cast.side), ending.state) == (TaskState.IN_PROGRESS, EndingState.REVOKED)
    assert ending.revoke_reason == "复查不合格。"


def test_the_second_is_told(cast: Cast) -> None:
    seen = claim(cast)
    Ending.objects.filter(pk=seen.pk).update(version=seen.version + 1)
    with pytest.raises(Stale):
        accept(seen, cast.office)
    assert state(cast.side) == TaskState.COMPLETED


def test_nothing_is_due_any_more(cast: Cast) -> None:
    side, later = cast.side.pk, cast.other.pk
    subjects = [f"task/{side}", f"report/{side}/2026Q3", f"assignment/{side}", f"task/{later}"]
    for subject in subjects:
        NoticeFactory(subject=subject, task=cast.task)
    ending = claim(cast)
    assert _settled() == [f"task/{side}"]
    accept(ending, cast.office)
    assert sorted(_settled()) == sorted(subjects[:3])


def _settled() -> list[str]:
    return list(Notice.objects.filter(settled=True).values_list("subject", flat=True))


def test_only_tasks_of_later_issued_plans_take_it_over(cast: Cast) -> None:
    PlanFactory(draft=True)
    same = TaskFactory(plan=cast.task.plan)
    district = PlanFactory(starts_on=datetime.date(2031, 1, 1), ends_on=datetime.date(2035, 12, 31))
    PlanSideFactory(plan=district, jurisdiction=JurisdictionFactory(jiangjin=True))
    below = TaskFactory(plan=district)
    earlier = TaskFactory(plan=PlanFactory(starts_on=datetime.date(2019, 1, 1), ended=True))
    assert list(later_tasks(cast.side)) == [cast.later]
    for task in (same, earlier, below, None):
        with pytest.raises(ValidationError) as caught:
            claim(cast, Claim(EndingKind.CARRIED, "结转。", carried_to=task))
        assert list(caught.value.message_dict) == ["carried_to"]
    ending = accept(claim(cast, entry_of(cast, EndingKind.CARRIED)), cast.office)
    assert endings.carried_from(cast.later) == [ending]
