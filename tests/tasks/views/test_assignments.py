"""交办 and 签收, through the browser's door."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tasks.models import Assignment, Responsibility
from tests.answers import Answer
from tests.factories import (
    AssignmentFactory,
    MembershipFactory,
    PlanFactory,
    PlanSideFactory,
    ResponsibilityFactory,
    TaskFactory,
)
from tests.tasks.views.conftest import World
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
PAGE, ASSIGN, SIGN = "/assignments/", "/assignments/assign/", "/assignments/sign/"


def hand_out(page: Client, *duties: Responsibility, **values: object) -> Answer:
    sent = {"duty": [d.pk for d in duties], "note": "请抓紧", "sign_by": "2026-11-25", **values}
    return page.post(ASSIGN, sent, follow=True)


def test_the_office_hands_out_its_own_side_in_one_go(world: World, as_: Browser) -> None:
    page = as_(world.office)
    shown = page.get(PAGE)
    assert shown.context["board"].kind == "new"
    assert 'value="2026-11-25"' in shown.text  # three working days
    assert "四川省能源局" not in shown.text
    done = page.post(f"{PAGE}assign/", {"everything": "1", "sign_by": "2026-11-25"}, follow=True)
    assert "已交办2项，请各单位2026-11-25前签收。" in done.text
    assert not Assignment.objects.filter(responsibility=world.other_side).exists()
    assert AuditEntry.objects.filter(verb="duty.assign").count() == 2


@pytest.mark.parametrize("who", ["lead", "other_office", "auditor", "stranger", "cooperating"])
def test_nobody_else_hands_it_out(world: World, as_: Browser, who: str) -> None:
    page = as_(getattr(world, who))
    # What else is wrong with the form is not told first.
    for day in ("2026-11-25", "某日"):
        assert hand_out(page, world.side, sign_by=day).status_code == 403
    assert not Assignment.objects.exists()


def test_one_foreign_row_stops_all(world: World, as_: Browser) -> None:
    answer = hand_out(as_(world.office), world.side, world.other_side)
    assert answer.status_code == 403
    assert not Assignment.objects.exists()


def test_with_nothing_ticked_the_office_is_told_what_to_do(world: World, as_: Browser) -> None:
    page = as_(world.office)
    for odd in ([], ["x"], ["9" * 18]):
        answer = hand_out(page, duty=odd)
        assert answer.status_code == 422
        assert "请至少选择一项责任" in answer.text
    assert not Assignment.objects.exists()


def test_wrong_words_are_told_beside_their_field(world: World, as_: Browser) -> None:
    page = as_(world.office)
    for values, sentence in (
        ({"sign_by": "2026-11-19"}, "签收期限不能早于今天"),
        ({"sign_by": "某日"}, "日期无效"),
        ({"note": "长" * 501}, "500"),
    ):
        answer = hand_out(page, world.side, **values)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert not Assignment.objects.exists()


def test_a_draft_is_not_handed_out(world: World, as_: Browser) -> None:
    draft = PlanFactory(draft=True)
    PlanSideFactory(plan=draft, office=world.plan.sides.get(order=0).office)
    duty = ResponsibilityFactory(task=TaskFactory(plan=draft))
    answer = hand_out(as_(world.office), duty)
    assert "印发后才能交办" in answer.text


def test_the_unit_signs_one_or_all(world: World, as_: Browser) -> None:
    again = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    for duty in (world.side, again, world.other_side):
        AssignmentFactory(responsibility=duty)
    page = as_(world.lead)
    shown = page.get(PAGE).text
    assert "全部签收（2项）" in shown
    assert "四川省能源局" not in shown
    page.post(SIGN, {"duty": [world.side.pk]})
    assert Assignment.objects.get(responsibility=world.side).signed_by == world.lead
    assert "已签收1项。" in page.post(SIGN, {"everything": "1"}, follow=True).text
    assert Assignment.objects.unsigned().count() == 1
    assert AuditEntry.objects.filter(verb="duty.sign").count() == 2


@pytest.mark.parametrize("role", ["signer", "liaison"])
def test_signer_and_liaison_sign_too(world: World, as_: Browser, role: str) -> None:
    AssignmentFactory(responsibility=world.side)
    person = MembershipFactory(unit=world.side.unit, **{role: True}).user
    as_(person).post(SIGN, {"duty": [world.side.pk]})
    assert Assignment.objects.get().signed_by == person


@pytest.mark.parametrize("who", ["other_lead", "office", "auditor", "stranger", "cooperating"])
def test_nobody_signs_for_another(world: World, as_: Browser, who: str) -> None:
    AssignmentFactory(responsibility=world.side)
    page = as_(getattr(world, who))
    assert "没有可签收的事项" in page.post(SIGN, {"duty": [world.side.pk]}, follow=True).text
    page.post(SIGN, {"everything": "1"})
    assert Assignment.objects.get().signed_at is None


def test_signing_twice_says_that_it_is_done(world: World, as_: Browser) -> None:
    AssignmentFactory(responsibility=world.side)
    page = as_(world.lead)
    page.post(SIGN, {"duty": [world.side.pk]})
    assert "没有可签收的事项" in page.post(SIGN, {"duty": [world.side.pk]}, follow=True).text
    for odd in ("x", "9" * 30, "-1"):
        assert page.post(SIGN, {"duty": [odd]}).status_code == 302


def test_who_has_not_signed_is_listed_with_days(world: World, as_: Browser) -> None:
    AssignmentFactory(responsibility=world.side, late=True)
    page = as_(world.office)
    text = page.get(PAGE, {"kind": "late"}).text
    assert "逾期未签收（应于2026-11-11前）" in text
    assert "已14天" in text
    for who in (world.auditor, world.lead):
        assert "逾期未签收" in as_(who).get(PAGE, {"kind": "late"}).text
    for who in (world.other_office, world.other_lead, world.stranger):
        answer = as_(who).get(PAGE, {"kind": "late"})
        assert answer.context["rows"] == []


def test_a_change_is_marked_and_handed_out_again(world: World, as_: Browser) -> None:
    page = as_(world.office)
    hand_out(page, world.side)
    as_(world.lead).post(SIGN, {"duty": [world.side.pk]})
    page = as_(world.office)
    edit = reverse("tasks:task_edit", args=[world.task.pk])
    form = page.get(edit).context["form"]
    sent = {b.name: b.value() for b in form if b.value() is not None} | {"title": "改题"}
    sent["action"] = world.task.action_id
    Assignment.objects.update(assigned_at="2026-11-19T00:00:00+08:00")
    assert page.post(edit, sent).status_code == 302
    board = page.get(PAGE, {"kind": "changed"})
    assert [row.duty for row in board.context["rows"]] == [world.side]
    hand_out(page, world.side)
    assignment = Assignment.objects.get()
    assert assignment.signed_at is None
    entry = AuditEntry.objects.filter(verb="duty.assign").latest("pk")
    assert entry.before["signed_by"] == str(world.lead)


def change_task(page: Client, world: World, **values: str) -> None:
    edit = reverse("tasks:task_edit", args=[world.task.pk])
    form = page.get(edit).context["form"]
    sent = {b.name: b.value() for b in form if b.value() is not None} | values
    assert page.post(edit, sent | {"action": world.task.action_id}).status_code == 302


def changed(page: Client) -> list[Responsibility]:
    board = page.get(PAGE, {"kind": "changed"})
    assert board.context["board"].counts["changed"] == len(board.context["rows"])
    return [row.duty for row in board.context["rows"]]


def test_a_change_that_was_undone_is_none(world: World, as_: Browser) -> None:
    page = as_(world.office)
    hand_out(page, world.side)
    title = world.task.title
    change_task(page, world, title="协同开发油汽资源")
    assert changed(page) == [world.side]
    assert "任务" in page.get(PAGE, {"kind": "changed"}).context["rows"][0].changes
    change_task(page, world, title=title)
    assert changed(page) == []


def test_what_does_not_concern_a_side_is_no_change_of_it(world: World, as_: Browser) -> None:
    Responsibility.objects.filter(pk=world.side.pk).update(due_on="2026-12-31")
    helper = world.task.responsibilities.get(role="cooperating")
    page = as_(world.office)
    hand_out(page, world.side, helper)
    # Nothing of it is read from the side's own date.
    change_task(page, world, due_on="2027-06-30", reason="文件更正")
    assert changed(page) == [helper]
    text = page.get(PAGE, {"kind": "changed"}).text
    assert "时限" in text


def test_the_late_ones_are_part_of_what_waits(world: World, as_: Browser) -> None:
    AssignmentFactory(responsibility=world.side, late=True)
    today = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    AssignmentFactory(responsibility=today)
    text = as_(world.office).get(PAGE, {"kind": "unsigned"}).text
    assert "待签收 <strong>2</strong>" in text
    assert "其中逾期 <strong>1</strong>" in text
    assert "已0天" not in text


def test_what_is_unsigned_can_be_withdrawn(world: World, as_: Browser) -> None:
    assignment = AssignmentFactory(responsibility=world.side)
    withdraw = reverse("tasks:withdraw", args=[assignment.pk])
    for who in (world.lead, world.other_office, world.auditor):
        assert as_(who).post(withdraw).status_code == 404
    assert "已撤回对重庆市能源局的交办" in as_(world.office).post(withdraw, follow=True).text
    signed = AssignmentFactory(responsibility=world.side, signed=True)
    withdraw = reverse("tasks:withdraw", args=[signed.pk])
    assert "已签收，不能撤回" in as_(world.office).post(withdraw, follow=True).text


def test_it_goes_back_only_to_this_site(world: World, as_: Browser) -> None:
    page = as_(world.lead)
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        AssignmentFactory(responsibility=world.side)
        answer = page.post(SIGN, {"duty": [world.side.pk], "back": back})
        assert answer["Location"].startswith(PAGE)
        Assignment.objects.all().delete()


def test_filters_take_anything(world: World, as_: Browser) -> None:
    page = as_(world.office)
    AssignmentFactory(responsibility=world.side)
    for params in (
        {"kind": "nothing"},
        {"plan": "\x00", "unit": "\x00"},
        {"unit": "能源"},
        {"page": "x"},
    ):
        assert page.get(PAGE, params).status_code == 200
    assert len(page.get(PAGE, {"kind": "unsigned", "unit": "能源"}).context["rows"]) == 1
    assert page.get(PAGE, {"kind": "unsigned", "unit": "没有"}).context["rows"] == []


def test_queries_do_not_grow_with_rows(
    world: World, as_: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page = as_(world.office)

    def count() -> int:
        with django_assert_max_num_queries(40) as context:
            assert page.get(PAGE, {"kind": "unsigned"}).status_code == 200
        return len(context)

    def more(number: int) -> None:
        for _ in range(number):
            duty = ResponsibilityFactory(task=TaskFactory(plan=world.plan))
            AssignmentFactory(responsibility=duty)

    more(2)
    count()
    before = count()
    more(6)
    assert count() == before
