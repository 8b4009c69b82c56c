"""A task's history: who reads which entry, and in which words."""

import datetime
from typing import Any

import pytest

from tasks.services import progress
from tasks.services.entry import Entry
from tasks.services.history import KINDS, History, Told
from tests.factories import (
    NOW,
    JurisdictionFactory,
    MembershipFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from units.services import audit

pytestmark = pytest.mark.django_db
Cast = dict[str, Any]
EVERYONE = {"lead", "other_lead", "helper", "stranger", "office", "other_office", "auditor", "root"}
PARTIES = EVERYONE - {"stranger"}
CLOSE = {"lead", "office", "auditor", "root"}


@pytest.fixture
def cast(db: None) -> Cast:
    """A joint task, its people, and entries of every kind."""
    plan = joint_plan()
    task = TaskFactory(plan=plan)
    side = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    other = ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    helper = ResponsibilityFactory(task=task, unit=UnitFactory(), cooperating=True)
    offices = [row.office for row in plan.sides.order_by("order")]
    people = {
        "lead": officer(side.unit, name="张某"),
        "other_lead": officer(other.unit),
        "helper": officer(helper.unit),
        "stranger": officer(UnitFactory()),
        "office": coordinator(offices[0], name="王某"),
        "other_office": coordinator(offices[1]),
        "auditor": inspector(JurisdictionFactory()),
        "root": UserFactory(superuser=True),
    }
    return {"task": task, "side": side, "period": PeriodFactory(plan=plan), **people}


def history_of(cast: Cast, name: str) -> list[Told]:
    history = History(cast[name], cast["task"])
    return history.tell(history.entries())


def verbs(cast: Cast, name: str) -> list[str]:
    return [told.verb for told in history_of(cast, name)]


def go_the_way(cast: Cast) -> None:
    """Draft, submit, return, submit, approve."""
    lead, office = cast["lead"], cast["office"]
    where = (cast["side"], cast["period"])
    entry = Entry(percent=40, progress="初稿。")
    progress.save_draft(*where, entry, by=lead, now=NOW)
    report = progress.submit(*where, entry, by=lead, now=NOW, version=1)
    report = progress.return_report(report, reason="请补充数据。", by=office, now=NOW)
    entry = Entry(percent=45, progress="改后。")
    report = progress.submit(*where, entry, by=lead, now=NOW, version=report.version)
    progress.approve(report, by=office, now=NOW)


def test_the_units_drafts_are_its_own_and_the_way_is_told_to_who_is_close(cast: Cast) -> None:
    go_the_way(cast)
    way = ["report.approve", "report.submit", "report.return", "report.submit"]
    for name in EVERYONE:
        expected = ["report.approve"] if name in PARTIES else []
        if name in CLOSE:
            expected = way
        if name in {"lead", "root"}:
            expected = [*way, "report.save"]
        assert verbs(cast, name) == expected, name


def test_nothing_of_a_draft_is_told_outside_the_unit(cast: Cast) -> None:
    entry = Entry(percent=40, progress="初稿。")
    progress.save_draft(cast["side"], cast["period"], entry, by=cast["lead"], now=NOW)
    for name in EVERYONE - {"lead", "root"}:
        assert verbs(cast, name) == [], name


def test_the_reason_and_earlier_percents_stay_between_unit_and_office(cast: Cast) -> None:
    go_the_way(cast)
    for name in ("lead", "office"):
        words = [(told.reason, [c.after for c in told.changes]) for told in history_of(cast, name)]
        assert words[:4] == [("", ["45%"]), ("", ["45%"]), ("请补充数据。", []), ("", ["40%"])]
    for told in history_of(cast, "auditor"):
        assert told.reason == ""
        assert told.verb == "report.approve" or told.changes == []


def test_no_text_of_a_report_is_told(cast: Cast) -> None:
    go_the_way(cast)
    for name in EVERYONE:
        assert "初稿" not in str(history_of(cast, name))
        assert "改后" not in str(history_of(cast, name))


@pytest.mark.parametrize(
    ("verb", "on", "readers"),
    [
        ("task.edit", "task", EVERYONE),
        ("duty.edit", "side", EVERYONE),
        ("duty.assign", "side", CLOSE),
        ("contact.change", "side", PARTIES - {"other_office"}),
        ("user.login", "task", set()),
        ("report.delete", "side", set()),
    ],
)
def test_each_kind_has_its_readers(cast: Cast, verb: str, on: str, readers: set[str]) -> None:
    audit.record(verb, cast[on], by=cast["office"], reason="印发有误")
    for name in EVERYONE:
        assert verbs(cast, name) == ([verb] if name in readers else []), name


def test_a_stranger_reads_what_changed_but_not_who_and_why(cast: Cast) -> None:
    old, new = datetime.date(2026, 6, 30), datetime.date(2026, 12, 31)
    audit.record(
        "duty.edit",
        cast["side"],
        by=cast["office"],
        before={"due_on": old, "leader": "赵某"},
        after={"due_on": new, "leader": "钱某"},
        reason="印发有误",
    )
    (told,) = history_of(cast, "stranger")
    assert (told.what, told.about, told.person, told.reason) == (
        *("修改责任", "重庆市能源局", "", ""),
    )
    assert told.body == "重庆市双碳办"
    assert [(c.label, c.before, c.after) for c in told.changes] == [
        ("核定时限", "2026-06-30", "2026-12-31"),
    ]
    (told,) = history_of(cast, "lead")
    assert (told.person, told.reason) == ("王某", "印发有误")


def test_choices_and_lists_are_said_in_words(cast: Cast) -> None:
    audit.record(
        "task.start",
        cast["side"],
        by=cast["lead"],
        before={"state": "not_started"},
        after={"state": "in_progress"},
    )
    audit.record("task.edit", cast["task"], by=cast["office"], after={"implements": ["甲", "乙"]})
    changes = [change for told in history_of(cast, "lead") for change in told.changes]
    assert [(c.label, c.before, c.after) for c in changes] == [
        ("落实的任务", "", "甲、乙"),
        ("状态", "未启动", "推进中"),
    ]


def test_another_tasks_entries_are_not_told(cast: Cast) -> None:
    other = ResponsibilityFactory(task=TaskFactory(plan=cast["task"].plan), unit=cast["side"].unit)
    audit.record("duty.edit", other, by=cast["office"])
    audit.record("task.edit", other.task, by=cast["office"])
    assert verbs(cast, "root") == []


def test_an_administrator_of_the_site_reads_nothing(cast: Cast) -> None:
    audit.record("task.edit", cast["task"], by=cast["office"])
    person = UserFactory()
    MembershipFactory(user=person, role="audit_admin", unit=None)
    go_the_way(cast)
    cast["admin"] = person
    assert {told.person for told in history_of(cast, "admin")} <= {""}
    assert "report.approve" not in verbs(cast, "admin")


def test_every_verb_has_words() -> None:
    assert all(str(kind.words) for kind in KINDS.values())
