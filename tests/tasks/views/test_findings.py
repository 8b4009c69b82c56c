"""督查意见 through the pages: who sees them, who moves them, how they are numbered."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tasks.models import Ending, Finding, Responsibility
from tasks.states import EndingKind, EndingState, FindingState, OfficeAnswer, TaskState
from tests.factories import NOW, FindingFactory, UserFactory, inspector
from tests.factories.units import JurisdictionFactory
from units.models import AuditEntry, User

As = Callable[[User], Client]
LIST = "/findings/"
ISSUE = {"problem": "填报与现场不符。", "demand": "补齐材料。", "due_on": "2026-12-04"}


def url(finding: Finding, kind: str = "") -> str:
    return f"/findings/{finding.pk}/{kind + '/' if kind else ''}"


def post(browser: Client, finding: Finding, kind: str, **values: Any) -> int:
    finding.refresh_from_db()
    said = {"text": "说明。", "version": finding.version, **values}
    return browser.post(url(finding, kind), said).status_code


@pytest.fixture
def finding(world: Any) -> Finding:
    row: Finding = FindingFactory(responsibility=world.side)
    return row


def test_an_inspector_issues_one_and_it_is_numbered(as_: As, world: Any, clock: Any) -> None:
    browser = as_(world.auditor)
    for n in (1, 2):
        response = browser.post(f"/findings/new/{world.side.pk}/", ISSUE)
        made = Finding.objects.get(number=n)
        assert response.headers["Location"] == url(made)
        assert made.code == f"督2026-00{n}"
    assert AuditEntry.objects.filter(verb="finding.issue").count() == 2
    assert "督2026-001" in browser.get(LIST).text


def test_a_refused_one_takes_no_number(as_: As, world: Any, clock: Any) -> None:
    browser = as_(world.auditor)
    wrong = browser.post(f"/findings/new/{world.side.pk}/", {**ISSUE, "due_on": "2026-11-20"})
    assert wrong.status_code == 422
    assert "整改期限应在今天之后。" in wrong.text
    browser.post(f"/findings/new/{world.side.pk}/", ISSUE)
    assert Finding.objects.get().number == 1


def test_only_an_inspector_of_the_place_issues(as_: As, world: Any, clock: Any) -> None:
    elsewhere = inspector(JurisdictionFactory(sichuan=True))
    for who in (world.lead, world.office, world.stranger, elsewhere):
        assert as_(who).post(f"/findings/new/{world.side.pk}/", ISSUE).status_code == 404
    assert not Finding.objects.exists()


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("lead", True),
        ("office", True),
        ("auditor", True),
        ("other_lead", False),
        ("other_office", False),
        ("cooperating", False),
        ("stranger", False),
    ],
)
def test_who_sees_it(
    as_: As, world: Any, finding: Finding, clock: Any, who: str, seen: bool
) -> None:
    browser = as_(getattr(world, who))
    assert browser.get(url(finding)).status_code == (200 if seen else 404)
    assert browser.get(url(finding, "print")).status_code == (200 if seen else 404)
    for page in (LIST, f"/tasks/{world.task.pk}/"):
        assert (finding.code in browser.get(page).text) is seen, page


def test_answered_given_back_answered_and_closed(
    as_: As, world: Any, finding: Finding, clock: Any
) -> None:
    assert post(as_(world.lead), finding, "answer", text="已补齐。") == 302
    assert post(as_(world.auditor), finding, "reject", due_on="2026-12-11") == 302
    finding.refresh_from_db()
    assert finding.state == FindingState.ISSUED
    assert finding.due_on == datetime.date(2026, 12, 11)
    assert finding.first_due_on == datetime.date(2026, 12, 4)
    assert post(as_(world.lead), finding, "answer") == 302
    assert post(as_(world.auditor), finding, "close") == 302
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED
    assert finding.closed_by == world.auditor
    kinds = [step.kind for step in finding.steps.all()]
    assert sorted(kinds) == ["answer", "answer", "close", "issue", "reject"]
    assert AuditEntry.objects.filter(verb__startswith="finding.").count() == 4


def test_contested_and_upheld_or_withdrawn(
    as_: As, world: Any, finding: Finding, clock: Any
) -> None:
    assert post(as_(world.lead), finding, "contest") == 302
    assert post(as_(world.auditor), finding, "uphold") == 302
    finding.refresh_from_db()
    assert finding.state == FindingState.ISSUED
    post(as_(world.lead), finding, "contest")
    assert post(as_(world.auditor), finding, "withdraw") == 302
    finding.refresh_from_db()
    assert finding.state == FindingState.WITHDRAWN
    assert not finding.is_open


@pytest.mark.parametrize("kind", ["uphold", "close", "reject"])
def test_an_illegal_step_changes_nothing(
    as_: As, world: Any, finding: Finding, clock: Any, kind: str
) -> None:
    browser = as_(world.auditor)
    response = browser.post(url(finding, kind), {"text": "说明。", "version": 1}, follow=True)
    assert "现为“待整改”，不能办理" in response.text
    finding.refresh_from_db()
    assert finding.version == 1
    assert not AuditEntry.objects.filter(verb__startswith="finding.").exists()


def test_own_office_reads_and_does_not_change(
    as_: As, world: Any, finding: Finding, clock: Any
) -> None:
    browser = as_(world.office)
    assert browser.get(url(finding)).context["forms"] == []
    for kind in ("answer", "withdraw", "extend", "office"):
        extra = {"due_on": "2026-12-31", "agrees": "yes"}
        assert post(browser, finding, kind, **extra) == 403, kind
    assert post(as_(world.lead), finding, "withdraw") == 403
    assert post(as_(world.auditor), finding, "answer") == 403


def test_the_second_of_two_is_told(as_: As, world: Any, finding: Finding, clock: Any) -> None:
    browser = as_(world.lead)
    browser.post(url(finding, "answer"), {"text": "已补齐。", "version": 1})
    response = browser.post(
        url(finding, "contest"), {"text": "不同意。", "version": 1}, follow=True
    )
    assert "您打开之后，该督查意见已有变化" in response.text
    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED


def test_extended_only_to_a_later_day(as_: As, world: Any, finding: Finding, clock: Any) -> None:
    browser = as_(world.auditor)
    assert post(browser, finding, "extend", due_on="2026-12-01") == 422
    assert post(browser, finding, "extend") == 422
    assert post(browser, finding, "extend", due_on="2026-12-31") == 302
    finding.refresh_from_db()
    assert (finding.due_on.isoformat(), finding.first_due_on.isoformat()) == (
        "2026-12-31",
        "2026-12-04",
    )


@pytest.fixture
def proposal(world: Any) -> Finding:
    """重庆市's side was closed off; the inspector proposes to revoke that."""
    world.side.state = TaskState.CLOSED
    world.side.save()
    Ending.objects.create(
        responsibility=world.side,
        kind=EndingKind.COMPLETED,
        state=EndingState.ACCEPTED,
        reason="已完成。",
        claimed_by=world.lead,
        claimed_at=NOW,
        decided_by=UserFactory(),
        decided_at=NOW,
    )
    row: Finding = FindingFactory(responsibility=world.side, proposing=True)
    return row


def test_the_office_agrees_and_the_side_goes_on(
    as_: As, world: Any, proposal: Finding, clock: Any
) -> None:
    assert post(as_(world.office), proposal, "office", agrees="yes") == 302
    proposal.refresh_from_db()
    world.side.refresh_from_db()
    assert proposal.office_answer == OfficeAnswer.AGREED
    assert world.side.state == TaskState.IN_PROGRESS
    assert Ending.objects.get().state == EndingState.REVOKED
    assert AuditEntry.objects.filter(verb="finding.office").exists()


@pytest.mark.parametrize("who", ["other_lead", "other_office", "cooperating", "stranger"])
@pytest.mark.parametrize("kept", [True, False])
def test_who_does_not_know_of_it_is_not_told_by_what_it_led_to(
    as_: As, world: Any, proposal: Finding, clock: Any, who: str, kept: bool
) -> None:
    ending = Ending.objects.get()
    if not kept:
        ending.delete()
    said = "现场核查发现设备未投用。"
    assert post(as_(world.office), proposal, "office", agrees="yes", text=said) == 302
    assert said in as_(world.auditor).get(url(proposal)).text
    browser = as_(getattr(world, who))
    for page in (f"/tasks/{world.task.pk}/", f"/endings/{ending.pk}/", "/endings/", "/records/"):
        text = browser.get(page).text
        assert said not in text, page
        assert proposal.code not in text, page
    if kept and who != "stranger":
        assert "经协调办公室复核" in browser.get(f"/endings/{ending.pk}/").text


def test_the_office_declines_and_nothing_is_revoked(
    as_: As, world: Any, proposal: Finding, clock: Any
) -> None:
    post(as_(world.lead), proposal, "answer")
    assert post(as_(world.auditor), proposal, "close") == 302  # refused: the office has to answer
    proposal.refresh_from_db()
    assert proposal.state == FindingState.ANSWERED
    assert post(as_(world.other_office), proposal, "office", agrees="no") == 404
    assert post(as_(world.office), proposal, "office", agrees="no") == 302
    world.side.refresh_from_db()
    assert world.side.state == TaskState.CLOSED
    post(as_(world.auditor), proposal, "close")
    proposal.refresh_from_db()
    assert proposal.state == FindingState.CLOSED


def test_revoking_is_proposed_of_what_has_ended_alone(as_: As, world: Any, clock: Any) -> None:
    browser = as_(world.auditor)
    page = f"/findings/new/{world.side.pk}/"
    assert "建议撤销办结" not in browser.get(page).text
    Responsibility.objects.filter(pk=world.side.pk).update(state=TaskState.CLOSED)
    assert "建议撤销办结" in browser.get(page).text
    browser.post(page, {**ISSUE, "proposes_revoking": "on", "office_due_on": ""})
    made = Finding.objects.get()
    assert made.office_due_on == datetime.date(2026, 11, 27)


def test_filters_of_the_list(as_: As, world: Any, clock: Any) -> None:
    late = FindingFactory(responsibility=world.side, overdue=True, problem="逾期问题")
    FindingFactory(responsibility=world.side, answered=True)
    FindingFactory(responsibility=world.other_side)
    browser = as_(world.auditor)

    def found(**query: str) -> list[Finding]:
        return [row for row, _overdue in browser.get(LIST, query).context["rows"]]

    assert len(found()) == 2
    assert found(state="overdue") == [late] == found(search="逾期问题")
    assert found(state="closed") == []
    assert len(found(state="open", unit="重庆市能源局", jurisdiction="500000")) == 2
    assert "无效：请从状态列表中选择。" in browser.get(LIST, {"state": "x"}).text


def test_desks_say_what_waits_for_whom(as_: As, world: Any, proposal: Finding, clock: Any) -> None:
    FindingFactory(responsibility=world.side, contested=True)
    FindingFactory(responsibility=world.other_side)
    assert "待整改 1" in as_(world.lead).get("/").text
    assert "建议撤销<strong>1</strong>项办结" in as_(world.office).get("/").text
    assert "督查意见未销号2项，其中待您复核或销号1项" in as_(world.auditor).get("/").text
    for who in (world.cooperating, world.stranger, world.other_office):
        assert "项督查意见" not in as_(who).get("/").text


def test_a_task_offers_the_inspector_a_finding_on_the_own_side_alone(
    as_: As, world: Any, clock: Any
) -> None:
    page = f"/tasks/{world.task.pk}/"
    shown = as_(world.auditor).get(page).text
    assert f'href="/findings/new/{world.side.pk}/"' in shown
    assert f'href="/findings/new/{world.other_side.pk}/"' not in shown
    assert "提出督查意见" not in as_(world.office).get(page).text


def test_the_notice_has_its_days_in_the_readers_language(
    as_: As, world: Any, finding: Finding, clock: Any
) -> None:
    browser = as_(world.auditor)
    day = finding.due_on
    assert f"请于{day.year}年{day.month}月{day.day}日前" in browser.get(url(finding, "print")).text
    browser.cookies["django_language"] = "en"
    text = browser.get(url(finding, "print")).text
    assert f"{day:%-d %B %Y}" in text
    assert f"{day.year}年" not in text
