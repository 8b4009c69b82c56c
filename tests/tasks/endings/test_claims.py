"""办结, 销号 and the other ends: who may, what is asked, what becomes of the side."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks.models import PlanSide, Responsibility, Task
from tasks.services import endings
from tasks.services.ending_rules import Claim
from tasks.states import EndingKind, EndingState, LightWord, TaskState
from tests.factories import (
    NOW,
    TODAY,
    ProgressReportFactory,
)
from tests.tasks.endings.conftest import Cast, accept, claim, entry_of, state
from units.models import AuditEntry, Membership

pytestmark = pytest.mark.django_db


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
