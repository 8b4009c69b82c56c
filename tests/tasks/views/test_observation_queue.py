"""What an office itself enters waits for another of its people, and both pages say so."""

import pytest

from tasks.models import Observation
from tasks.states import ObservationState
from tests.factories import TargetFactory, coordinator
from tests.tasks.views.conftest import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
QUEUE = "/observations/review/"


def enter(page, target) -> None:
    form = {
        "basis": "年度", "year": "2025", "value": "16.4",
        "place": target.where, "source_words": "市统计局2025年公报", "version": "0",
        "action": "submit", "confirmed": "on",
    }  # fmt: skip
    answer = page.post(f"/targets/{target.pk}/observe/", form)
    assert answer.status_code == 302, words(answer.text)
    assert Observation.objects.get().state == ObservationState.SUBMITTED


def test_the_only_person_of_an_office_is_warned_and_told(as_, world) -> None:
    target = TargetFactory(plan=world.plan, year=2025)
    page = as_(world.office)
    shown = page.get(f"/targets/{target.pk}/observe/").text
    assert "本办公室没有其他审核人员" in shown
    assert "/people/invite/" in shown
    enter(page, target)
    told = words(page.get(QUEUE).text)
    assert "您提交的1条待本办公室其他人员审核" in told
    assert "没有待审的监测值" in told


def test_with_a_colleague_nothing_is_amiss(as_, world) -> None:
    target = TargetFactory(plan=world.plan, year=2025)
    colleague = coordinator(world.plan.sides.order_by("order")[0].office)
    page = as_(world.office)
    assert "没有其他审核人员" not in page.get(f"/targets/{target.pk}/observe/").text
    enter(page, target)
    assert "第1条，共1条待审" in words(as_(colleague).get(QUEUE).text)
    for other in (colleague, world.other_office, world.lead):
        assert "您提交的" not in as_(other).get(QUEUE).text


def test_whoever_may_not_judge_is_told_so_before_the_reason_is_asked_for(as_, world) -> None:
    target = TargetFactory(plan=world.plan, year=2025)
    enter(as_(world.office), target)
    row = Observation.objects.get()
    address = f"/observations/{row.pk}/return/"
    sent = {"version": row.version, "reason": ""}
    assert as_(world.office).post(address, sent).status_code == 403
    assert as_(world.stranger).post(address, sent).status_code == 404
    colleague = coordinator(world.plan.sides.order_by("order")[0].office)
    assert as_(colleague).post(address, sent).status_code == 422
    row.refresh_from_db()
    assert row.state == ObservationState.SUBMITTED
