"""Other kinds of what is late; what stands beside each; the list as a workbook."""

import datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from tasks.models import Extension, Milestone
from tests.factories import NOW, FindingFactory, NoticeFactory
from tests.tasks.views.overdue.conftest import OVERDUE
from units.models import AuditEntry


def test_milestones_findings_and_proposals_past_their_day(as_, late, clock):
    Milestone.objects.create(
        responsibility=late.side,
        due_on=datetime.date(2026, 11, 6),
        title="完成招标",
        percent=40,
        state="confirmed",
    )
    finding = FindingFactory(responsibility=late.side, overdue=True)
    FindingFactory(responsibility=late.side, answered=True, due_on=datetime.date(2026, 11, 1))
    asked = FindingFactory(
        responsibility=late.side, proposing=True, office_due_on=datetime.date(2026, 11, 18)
    )
    FindingFactory(
        responsibility=late.side,
        proposing=True,
        withdrawn=True,
        office_due_on=datetime.date(2026, 11, 18),
    )
    for who, kinds in [
        (late.auditor, {"milestone": 1, "missing": 1, "returned": 0, "finding": 1, "proposal": 1}),
        (
            late.other_lead,
            {"milestone": 0, "missing": 1, "returned": 0, "finding": 0, "proposal": 0},
        ),
    ]:
        page = as_(who).get(OVERDUE)
        assert {kind.value: number for kind, number in page.context["others"]} == kinds
    browser = as_(late.stranger)
    shown = browser.get(OVERDUE, {"kind": "milestone"})
    assert "完成招标" in shown.text
    assert shown.context["rows"][0].workdays == 10
    assert browser.get(OVERDUE, {"kind": "finding"}).context["rows"] == []
    browser = as_(late.auditor)
    (row,) = browser.get(OVERDUE, {"kind": "finding"}).context["rows"]
    assert (row.item_url, row.facts.first) == (f"/findings/{finding.pk}/", finding.first_due_on)
    (row,) = browser.get(OVERDUE, {"kind": "proposal"}).context["rows"]
    assert row.item_url == f"/findings/{asked.pk}/"


def test_how_often_reminded_and_whom_for_those_who_may_know(as_, late, clock):
    for day, who in [(2, late.lead), (3, late.lead), (3, late.office)]:
        NoticeFactory(
            recipient=who,
            subject=f"task/{late.side.pk}",
            made_on=datetime.date(2026, 11, day),
            step=day,
        )
    Extension.objects.create(
        responsibility=late.side,
        from_due=datetime.date(2026, 6, 30),
        new_due=datetime.date(2026, 11, 13),
        granted_due=datetime.date(2026, 11, 13),
        state="granted",
        reason="汛期停工。",
        asked_at=NOW,
    )
    (row,) = as_(late.auditor).get(OVERDUE).context["rows"]
    assert row.facts.reminded.days == 2
    assert row.facts.reminded.people[late.lead.name or late.lead.username] == 2
    assert (row.facts.extensions, row.facts.first) == (1, datetime.date(2026, 6, 30))
    (row,) = as_(late.stranger).get(OVERDUE).context["rows"]
    assert row.facts.reminded is None
    assert row.facts.extensions == 0


def test_the_list_as_a_workbook_is_what_the_page_shows(as_, late, clock):
    browser = as_(late.auditor)
    answer = browser.get(f"{OVERDUE}excel/", {"of": "all", "kind": "expired"})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    sheet: Any = load_workbook(BytesIO(answer.content)).active
    rows: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    (told,) = [row for row in rows if row[4] == "四川省能源局"]
    assert (told[0], told[9]) == ("■ 期满未办结", "方案期限")
    assert told[7].date() == datetime.date(2025, 12, 31)
    assert "无" not in str(told[12] or "")
    entry = AuditEntry.objects.get(verb="overdue.export")
    assert (entry.actor, entry.after["rows"]) == (late.auditor, 1)
    assert browser.get(f"{OVERDUE}excel/", {"kind": "x"}).status_code == 302
    assert browser.get(f"{OVERDUE}excel/", {"kind": "x", "all": "1"}).status_code == 302


def test_every_kind_in_one_workbook_is_what_the_page_counts(as_, late, clock):
    Milestone.objects.create(
        responsibility=late.side,
        due_on=datetime.date(2026, 11, 6),
        title="完成招标",
        percent=40,
        state="confirmed",
    )
    FindingFactory(responsibility=late.side, overdue=True)
    for who in (late.auditor, late.other_lead, late.stranger):
        browser = as_(who)
        page = browser.get(OVERDUE, {"of": "all"})
        counted = {str(word.label): number for _key, word, number in page.context["kinds"]}
        counted |= {str(kind.label): number for kind, number in page.context["others"]}
        answer = browser.get(f"{OVERDUE}excel/", {"of": "all", "all": "1"})
        book = load_workbook(BytesIO(answer.content))
        found = {
            sheet.title: sum(isinstance(row[10], int) for row in sheet.iter_rows(values_only=True))
            for sheet in book
        }
        assert found == counted
        assert AuditEntry.objects.filter(verb="overdue.export").latest("pk").after["kind"] == "all"
        assert "all=1" in page.text
        bare = browser.get(f"{OVERDUE}excel/", {"all": "1"})
        assert bare.headers["Content-Type"].endswith("spreadsheetml.sheet"), "without any filter"


def test_what_was_put_later_is_the_rows_own_date_not_the_tasks(as_, late, clock):
    Extension.objects.create(
        responsibility=late.side,
        from_due=datetime.date(2026, 6, 30),
        new_due=datetime.date(2026, 11, 13),
        granted_due=datetime.date(2026, 11, 13),
        state="granted",
        reason="汛期停工。",
        asked_at=NOW,
    )
    old = None
    for month, state in [(3, "dropped"), (6, "dropped"), (9, "confirmed")]:
        old = Milestone.objects.create(
            responsibility=late.side,
            due_on=datetime.date(2026, month, 15),
            title="完成招标",
            percent=40,
            state=state,
            replaces=old,
        )
    finding = FindingFactory(responsibility=late.side, overdue=True)
    finding.steps.create(kind="extend", text="同意", by=late.auditor, at=NOW)
    browser = as_(late.auditor)
    found = {}
    for kind in ("overdue", "milestone", "missing", "finding"):
        for row in browser.get(OVERDUE, {"kind": kind, "of": "all"}).context["rows"]:
            if row.side == late.side:
                found[kind] = (row.facts.extensions, row.facts.first)
    assert found == {
        "overdue": (1, datetime.date(2026, 6, 30)),
        "milestone": (2, datetime.date(2026, 3, 15)),
        "missing": (0, datetime.date(2026, 10, 10)),
        "finding": (1, finding.first_due_on),
    }
