"""What is ticked, what each unit would get, and the sending."""

import datetime

import pytest

from tasks.models import Notice, Urge, UrgeItem
from tasks.reminders.wanted import still_wanted
from tests.factories import (
    NOW,
    FindingFactory,
    MembershipFactory,
    OfficeFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
)
from tests.tasks.views.conftest import words
from tests.tasks.views.urging.conftest import CALL, NEW, REPORT, SENT, part_of
from units.models import AuditEntry, Deputy
from units.states import UnitKind


def test_own_units_are_urged_and_others_asked_without_how_late(as_, late, clock):
    rows = [
        f"task/{late.side.pk} {REPORT.format(late.side.pk)}",
        f"task/{late.other_side.pk}",
    ]
    page = as_(late.office).post(NEW, {"row": rows, "look": "1"})
    assert page.status_code == 200
    own, other = page.context["made"].parts
    assert (own.unit, own.kind, len(own.things)) == (late.side.unit, "urge", 2)
    assert (other.unit, other.kind, len(other.things)) == (late.other_side.unit, "request", 1)
    assert own.sentences == [
        "“协同开发油气资源”2026年第3季度进展应于2026年10月10日前报送，已超过30个工作日，请尽快报送。",
        "任务“协同开发油气资源”应于2026年11月13日前完成，已逾期5个工作日，请尽快办结。",
    ]
    assert "商请" in other.sentences[0]
    assert "工作日" not in other.sentences[0]
    assert own.people == [late.lead]
    assert not Urge.objects.exists()


def test_what_was_not_reported_is_not_asked_of_the_other_side(as_, late, clock):
    rows = [REPORT.format(late.other_side.pk)]
    made = as_(late.office).post(NEW, {"row": rows, "look": "1"}).context["made"]
    assert made.parts == []
    assert made.gone == rows
    made = as_(late.other_office).post(NEW, {"row": rows, "look": "1"}).context["made"]
    assert [part.kind for part in made.parts] == ["urge"]


def test_central_units_of_the_own_side_are_asked(as_, late, clock):
    late.side.unit.kind = UnitKind.VERTICAL
    late.side.unit.save()
    made = as_(late.office).get(NEW, {"unit": late.side.unit.pk}).context["made"]
    assert [part.kind for part in made.parts] == ["request"]


def test_a_unit_a_task_and_a_finding_bring_what_is_open_of_them(as_, late, clock):
    finding = FindingFactory(responsibility=late.side, overdue=True)
    browser = as_(late.office)
    keys = {f"task/{late.side.pk}", REPORT.format(late.side.pk), f"finding/{finding.pk}"}
    made = browser.get(NEW, {"unit": late.side.unit.pk}).context["made"]
    assert set(made.keys) == keys
    made = browser.get(NEW, {"task": late.task.pk}).context["made"]
    assert set(made.keys) == keys | {f"task/{late.other_side.pk}"}
    made = browser.get(NEW, {"row": f"finding/{finding.pk}"}).context["made"]
    assert made.keys == [f"finding/{finding.pk}"]


def test_a_report_that_is_due_later_is_asked_for_by_its_day(as_, world, clock):
    world.period.due_on = datetime.date(2026, 12, 10)
    world.period.grace_until = datetime.date(2026, 12, 17)
    world.period.save()
    made = as_(world.office).get(NEW, {"row": REPORT.format(world.side.pk)}).context["made"]
    assert made.parts[0].sentences == [
        "“协同开发油气资源”2026年第3季度进展应于2026年12月10日前报送，尚未收到，请按时报送。"
    ]


def test_sending_numbers_notices_and_records(late, sent):
    own = part_of(sent, late.side.unit)
    other = part_of(sent, late.other_side.unit)
    assert (own.code, other.code) == ("催2026-001", "商2026-001")
    assert (sent.line, sent.answer_by) == (SENT["line"], datetime.date(2026, 11, 27))
    told = Notice.objects.filter(rule="urge").order_by("recipient")
    assert {(n.recipient, n.subject, n.path) for n in told} == {
        (late.lead, f"urge/{own.pk}", f"/urges/units/{own.pk}/"),
        (late.other_lead, f"urge/{other.pk}", f"/urges/units/{other.pk}/"),
    }
    entries = AuditEntry.objects.filter(verb="urge.send")
    assert {entry.object_name for entry in entries} == {
        "催2026-001 重庆市能源局",
        "商2026-001 四川省能源局",
    }
    assert {entry.reason for entry in entries} == {SENT["line"]}


def test_signers_are_told_too_and_a_unit_without_people_is_named(as_, late, clock):
    signer = MembershipFactory(unit=late.side.unit, signer=True).user
    made = as_(late.office).get(NEW, {"unit": late.side.unit.pk}).context["made"]
    assert set(made.parts[0].people) == {late.lead, signer}
    late.lead.memberships.all().delete()
    signer.memberships.all().delete()
    page = as_(late.office).get(NEW, {"unit": late.side.unit.pk})
    assert "没有填报人和审签人账号" in page.text


def test_a_button_pressed_twice_sends_once(as_, late, clock):
    browser = as_(late.office)
    told = {"row": f"task/{late.side.pk}", **SENT}
    assert browser.post(NEW, told).url == browser.post(NEW, told).url
    assert Urge.objects.count() == 1
    browser.post(NEW, {**told, "line": "另一句。"})
    assert [str(urge) for urge in Urge.objects.order_by("pk")] == ["催2026-001", "催2026-002"]


def test_each_office_counts_its_own(as_, late, clock, sent):
    as_(late.other_office).post(NEW, {"row": f"task/{late.other_side.pk}", **SENT})
    newest = Urge.objects.latest("pk")
    assert str(newest) == "催2026-001"
    assert newest.office != sent.office


def test_what_was_done_in_the_meantime_is_not_sent(as_, late, clock):
    late.side.state = "closed"
    late.side.save()
    rows = [f"task/{late.side.pk}", f"task/{late.other_side.pk}"]
    answer = as_(late.office).post(NEW, {"row": rows, **SENT})
    assert answer.status_code == 422
    assert "所选的1项已办理" in answer.text
    assert len(answer.context["made"].parts) == 1
    assert not Urge.objects.exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"answer_by": "2026-11-19"}, "回复期限不能早于今天。"),
        ({"answer_by": "2027-12-31"}, "回复期限不能晚于一年之后。"),
        ({"answer_by": ""}, "请填写回复期限。"),
        ({"line": "字" * 501}, "500"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(as_, late, clock, told, said):
    answer = as_(late.office).post(NEW, {"row": f"task/{late.side.pk}", **SENT, **told})
    assert answer.status_code == 422
    assert said in answer.text
    assert not Urge.objects.exists()


def test_nobody_but_offices_urges(as_, late, clock):
    for who in (late.lead, late.stranger, late.auditor):
        browser = as_(who)
        assert browser.get(NEW).status_code == 404
        assert browser.post(NEW, {"row": f"task/{late.side.pk}", **SENT}).status_code == 404
        assert browser.get(CALL).status_code == 404
    assert not Urge.objects.exists()


def test_numbers_of_nothing_are_nothing(as_, late, clock):
    browser = as_(late.office)
    for rows in (["task/"], ["x"], ["task/999999"], ["milestone/1", "finding/²"], ["9" * 40]):
        page = browser.get(NEW, {"row": rows, "unit": "x", "task": "9" * 40})
        assert page.status_code == 200
        assert page.context["made"].parts == []
    assert not UrgeItem.objects.exists()


def test_a_unit_of_another_plan_cannot_be_urged(as_, late, clock):
    stranger = UnitFactory(name="重庆市教委")
    made = as_(late.office).get(NEW, {"unit": stranger.pk}).context["made"]
    assert made.parts == []


def test_the_other_sides_people_are_told_but_not_named(as_, late, clock):
    late.other_lead.name, late.other_lead.phone = "川中某", "028-11112222"
    late.other_lead.save()
    row = f"task/{late.other_side.pk}"
    page = as_(late.office).post(NEW, {"row": [row], "look": "1"})
    (part,) = page.context["made"].parts
    assert (part.people, part.named, part.unnamed) == ([late.other_lead], [], 1)
    assert "该单位1人（非本方单位，不列姓名）" in words(page.text)
    for word in ("川中某", "028-11112222"):
        assert word not in page.text
    as_(late.office).post(NEW, {"row": [row], **SENT})
    assert Notice.objects.get(rule="urge").recipient == late.other_lead


def test_who_stands_in_for_the_officer_is_told(as_, late, clock):
    liaison = MembershipFactory(unit=late.side.unit, liaison=True).user
    day = clock.date()
    Deputy.objects.create(
        unit=late.side.unit, person=late.lead, deputy=liaison, since=day, until=day
    )
    as_(late.office).post(NEW, {"row": f"task/{late.side.pk}", **SENT})
    told = Notice.objects.filter(rule="urge")
    assert [notice.recipient for notice in told] == [liaison]
    assert still_wanted(told, day + datetime.timedelta(days=3)) == {told[0].pk}


def test_another_sending_between_two_presses_hides_nothing(as_, late, clock):
    browser = as_(late.office)
    own, other = ({"row": f"task/{s.pk}", **SENT} for s in (late.side, late.other_side))
    first = browser.post(NEW, own)
    browser.post(NEW, other)
    assert browser.post(NEW, own).url == first.url
    assert Urge.objects.count() == 2
    Urge.objects.update(made_at=NOW - datetime.timedelta(minutes=11))
    assert browser.post(NEW, own).url != first.url


def test_after_a_mistake_all_units_are_shown_ticked_as_they_were(as_, late, clock):
    rows = [f"task/{late.side.pk}", f"task/{late.other_side.pk}"]
    told = {"shown": " ".join(rows), **SENT, "answer_by": "2020-01-01"}
    answer = as_(late.office).post(NEW, {**told, "row": rows[1]})
    assert answer.status_code == 422
    assert [part.unit for part in answer.context["made"].parts] == [
        late.side.unit,
        late.other_side.unit,
    ]
    assert answer.context["ticked"] == {late.other_side.unit_id}
    nobody = as_(late.office).post(NEW, {**told, **SENT})
    assert nobody.status_code == 422
    assert "没有勾选单位，请至少勾选一个。" in nobody.text
    assert len(nobody.context["made"].parts) == 2
    assert not Urge.objects.exists()


def test_an_office_sends_nothing_of_a_plan_that_is_not_its_own(as_, late, clock):
    plan = joint_plan(
        short_title="另一方案", code="other-2024", ends_on=datetime.date(2025, 12, 31)
    )
    side = plan.sides.get(jurisdiction=late.side.side)
    side.office = OfficeFactory(name="市能源办")
    side.save()
    MembershipFactory(office=side.office, user=late.office, coordinator=True)
    foreign = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=late.side.unit)
    rows = [f"task/{late.side.pk}", f"task/{foreign.pk}"]
    browser = as_(late.office)
    made = browser.post(NEW, {"row": rows, "look": "1"}).context["made"]
    assert (len(made.offices), made.left_out) == (2, 1)
    office = made.office
    answer = browser.post(NEW, {"row": rows, "office": office.pk, **SENT})
    assert answer.status_code == 422
    assert f"所选有1项不在{office.name}的方案内" in answer.text
    assert not Urge.objects.exists()


def test_the_day_says_that_a_letter_told_it(as_, late, sent):
    page = as_(late.office).get("/reminders/").text
    assert f"{sent.office}2026-11-20发函" in words(page)
    assert "到期当日" not in page
