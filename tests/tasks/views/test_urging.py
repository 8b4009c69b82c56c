"""催办 by hand through its pages: what is ticked, what each unit gets, who signs, who sees it."""

import datetime
import io
import zipfile
from typing import Any

import pytest
from docx import Document

from tasks.models import Notice, PhoneCall, Urge, UrgeItem, UrgeUnit
from tests.factories import NOW, FindingFactory, MembershipFactory, UnitFactory
from tests.tasks.views.conftest import words
from tests.tasks.views.overdue.conftest import late as late
from units.models import AuditEntry
from units.states import UnitKind

NEW, CALL = "/urges/new/", "/calls/new/"
REPORT = "report/{}/2026Q3"
SENT = {"line": "请主要负责同志过问。", "answer_by": "2026-11-27"}


def paper(content: bytes) -> str:
    """What a Word letter says."""
    return "\n".join(line.text for line in Document(io.BytesIO(content)).paragraphs)


@pytest.fixture
def sent(as_: Any, late: Any, clock: Any) -> Urge:
    """The own side's office has urged both leads about their dates."""
    rows = [f"task/{late.side.pk}", f"task/{late.other_side.pk}"]
    as_(late.office).post(NEW, {"row": rows, **SENT})
    return Urge.objects.get()


def part_of(urge: Urge, unit: Any) -> UrgeUnit:
    return urge.parts.get(unit=unit)


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


def test_the_unit_signs_and_answers(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    browser = as_(late.lead)
    assert "份函件待本单位签收" in words(browser.get("/").text)
    page = browser.get(f"/urges/units/{part.pk}/")
    assert "请主要负责同志过问。" in page.text
    assert browser.post(f"/urges/units/{part.pk}/sign/").status_code == 302
    part.refresh_from_db()
    assert (part.state, part.signed_by, part.signed_at) == ("signed", late.lead, NOW)
    assert Notice.objects.get(subject=f"urge/{part.pk}").settled
    assert "份函件待本单位签收" not in words(browser.get("/").text)
    browser.post(f"/urges/units/{part.pk}/sign/", {"answer": "本周内办结。"})
    part.refresh_from_db()
    assert (part.state, part.answer, part.answered_by) == ("answered", "本周内办结。", late.lead)
    browser.post(f"/urges/units/{part.pk}/sign/", {"answer": "改一改。"})
    part.refresh_from_db()
    assert part.answer == "本周内办结。"
    verbs = AuditEntry.objects.filter(verb__startswith="urge.").values_list("verb", flat=True)
    assert sorted(verbs) == ["urge.answer", "urge.send", "urge.send", "urge.sign"]


def test_an_answer_signs_at_once_and_a_liaison_only_signs(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    liaison = MembershipFactory(unit=late.side.unit, liaison=True).user
    browser = as_(liaison)
    assert "answer" not in browser.get(f"/urges/units/{part.pk}/").text
    refused = browser.post(f"/urges/units/{part.pk}/sign/", {"answer": "好。"})
    assert refused.status_code == 403
    as_(late.lead).post(f"/urges/units/{part.pk}/sign/", {"answer": "已办。"})
    part.refresh_from_db()
    assert (part.state, part.signed_by) == ("answered", late.lead)


def test_who_sees_what_was_sent(as_, late, clock, sent):
    own = part_of(sent, late.side.unit)
    other = part_of(sent, late.other_side.unit)
    for who, mine in [
        (late.office, {own, other}),
        (late.auditor, {own, other}),
        (late.lead, {own}),
        (late.other_lead, {other}),
        (late.other_office, set()),
        (late.cooperating, set()),
    ]:
        browser = as_(who)
        page = browser.get("/urges/", {"state": "all"})
        assert {row.part for row in page.context["rows"]} == mine
        for part in (own, other):
            status = 200 if part in mine else 404
            assert browser.get(f"/urges/units/{part.pk}/").status_code == status
            assert browser.get(f"/urges/units/{part.pk}/letter/").status_code == status
    assert as_(late.lead).get(f"/urges/{sent.pk}/").status_code == 404
    assert as_(late.lead).post(f"/urges/units/{other.pk}/sign/").status_code == 404
    assert as_(late.auditor).post(f"/urges/units/{own.pk}/sign/").status_code == 403


def test_letters_in_word(as_, late, clock, sent):
    browser = as_(late.office)
    answer = browser.get(f"/urges/{sent.pk}/letters/")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == [
        "催2026-001催办函-重庆市能源局.docx",
        "商2026-001商请函-四川省能源局.docx",
    ]
    own = paper(archive.read("催2026-001催办函-重庆市能源局.docx"))
    assert "关于联合行动方案有关事项的催办函" in own
    assert "重庆市能源局：" in own
    assert "已逾期5个工作日" in own
    assert "请主要负责同志过问。" in own
    assert "并于2026年11月27日前反馈办理情况" in own
    other = paper(archive.read("商2026-001商请函-四川省能源局.docx"))
    for word in ("催", "逾期", "通报", "尽快"):
        assert word not in other
    assert "函复为盼" in other
    assert as_(late.auditor).get(f"/urges/{sent.pk}/letters/").status_code == 404
    assert AuditEntry.objects.filter(verb="urge.download").count() == 1


def test_again_by_one_click_what_is_still_open(as_, late, clock, sent):
    part = part_of(sent, late.side.unit)
    browser = as_(late.office)
    browser.post(f"/urges/units/{part.pk}/again/")
    second = Urge.objects.latest("pk")
    assert (second.again, second.line) == (sent, sent.line)
    assert [one.unit for one in second.parts.all()] == [late.side.unit]
    letter = paper(browser.get(f"/urges/units/{second.parts.get().pk}/letter/").content)
    assert "我办曾于2026年11月20日就有关事项致函（催2026-001）。" in letter
    browser.post(f"/urges/units/{second.parts.get().pk}/again/")
    assert Urge.objects.count() == 2  # pressed twice
    late.side.state = "closed"
    late.side.save()
    page = browser.post(f"/urges/units/{part.pk}/again/", follow=True)
    assert "所列事项都已办理，无须再次催办。" in page.text
    assert as_(late.lead).post(f"/urges/units/{part.pk}/again/").status_code == 404


def test_again_to_all_who_have_not_signed(as_, late, clock, sent):
    as_(late.lead).post(f"/urges/units/{part_of(sent, late.side.unit).pk}/sign/")
    as_(late.office).post(f"/urges/{sent.pk}/again/")
    second = Urge.objects.latest("pk")
    assert [one.unit for one in second.parts.all()] == [late.other_side.unit]
    as_(late.other_lead).post(f"/urges/units/{part_of(sent, late.other_side.unit).pk}/sign/")
    page = as_(late.office).post(f"/urges/{sent.pk}/again/", follow=True)
    assert "各单位都已签收" in page.text


def test_the_list_by_state_with_days_since(as_, late, clock, sent):
    browser = as_(late.office)
    sent.made_at = NOW - datetime.timedelta(days=10)
    sent.answer_by = datetime.date(2026, 11, 13)
    sent.save()
    page = browser.get("/urges/")
    assert page.context["state"] == "unsigned"
    assert {row.days for row in page.context["rows"]} == {10}
    assert "已10天" in words(page.text)
    assert len(browser.get("/urges/", {"state": "late"}).context["rows"]) == 2
    assert browser.get("/urges/", {"state": "signed"}).context["rows"] == []
    assert len(browser.get("/urges/", {"unit": "四川"}).context["rows"]) == 1
    assert "2份未签收，2份逾期未回复" in words(browser.get("/").text)


def test_calls_are_noted_with_a_line(as_, late, clock):
    browser = as_(late.office)
    rows = f"task/{late.side.pk}"
    assert browser.post(CALL, {"row": rows, "look": "1"}).status_code == 200
    assert browser.post(CALL, {"row": rows}).status_code == 422
    assert not PhoneCall.objects.exists()
    browser.post(CALL, {"row": rows, "line": "王处长接听，答复本周办结。"})
    call = PhoneCall.objects.get()
    assert (call.unit, call.subject, call.made_by) == (late.side.unit, rows, late.office)
    assert AuditEntry.objects.filter(verb="call.note").count() == 1
    assert "王处长接听" in browser.get("/calls/").text
    assert "王处长接听" in as_(late.auditor).get("/calls/").text
    assert "王处长接听" not in as_(late.other_office).get("/calls/").text
    assert as_(late.lead).get("/calls/").status_code == 404


def test_the_late_list_counts_letters_and_calls(as_, late, clock, sent):
    browser = as_(late.office)
    browser.post(CALL, {"row": f"task/{late.side.pk}", "line": "已告知。"})
    page = browser.get("/overdue/", {"kind": "overdue"})
    (row,) = page.context["rows"]
    told = row.facts.reminded
    assert (told.urged, told.called, told.days) == (1, 1, 1)
    assert told.people == {str(late.lead): 1, late.side.unit.name: 1}
    assert "发函1次" in words(page.text)
    assert f'value="task/{late.side.pk}"' in page.text


@pytest.mark.parametrize("path", ["/overdue/", "/tasks/", "/matrix/", "/units/", "/"])
def test_lists_offer_ticks_to_offices_alone(as_, late, clock, path):
    assert 'form="urge-form"' in as_(late.office).get(path).text
    for who in (late.lead, late.auditor):
        assert "urge-form" not in as_(who).get(path).text


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
