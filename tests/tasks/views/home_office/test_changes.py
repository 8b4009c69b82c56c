"""The coordinator's desk: what changed, and what is to be handed out."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Assignment
from tasks.services import changes
from tasks.services.changes import Kind
from tasks.services.desk import own_sides
from tasks.states import LightWord
from tests.factories import NOW, TODAY, AssignmentFactory, ProgressReportFactory, UnitFactory
from tests.tasks.views.conftest import World
from tests.tasks.views.home_office.conftest import DAY, Browser, desk, side_of
from units.services import audit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def kinds(page: Any) -> dict[Kind, list[Any]]:
    return {group.kind: [*group.first, *group.rest] for group in page.context["changed"]}


def test_what_changed_since_yesterday(world: World, as_: Browser) -> None:
    """Yesterday is the last working day; what happened before it is not told."""
    rows = [side_of(world) for _n in range(4)]
    for side, trait, at in (
        (rows[0], "submitted", NOW - DAY),
        (rows[1], "approved", NOW),
        (rows[2], "returned", NOW),
        (rows[3], "submitted", NOW - 3 * DAY),
    ):
        ProgressReportFactory(
            responsibility=side,
            period=world.period,
            **{trait: True},
            submitted_at=at - 10 * DAY if trait != "submitted" else at,
            reviewed_at=None if trait == "submitted" else at,
        )
    page = desk(as_(world.office))
    found = kinds(page)
    assert [c.side for c in found[Kind.HANDED_IN]] == [rows[0]]
    assert [c.side for c in found[Kind.APPROVED]] == [rows[1]]
    assert [c.side for c in found[Kind.RETURNED]] == [rows[2]]
    assert "请补充数据来源。" in page.text
    week = kinds(desk(as_(world.office), since="2026-11-16"))
    assert [c.side for c in week[Kind.HANDED_IN]] == [rows[0], rows[3]]
    assert kinds(desk(as_(world.other_office))) == {}


def test_lights_are_computed_as_of_both_days(world: World, as_: Browser) -> None:
    fell_due = side_of(world, due_on=datetime.date(2026, 11, 19))
    caught_up = side_of(world)
    ProgressReportFactory(
        responsibility=caught_up, period=world.period, approved=True, percent=95, reviewed_at=NOW
    )
    found = {c.side: (c.before, c.after) for c in kinds(desk(as_(world.office)))[Kind.LIGHT]}
    assert found == {
        fell_due: (LightWord.DUE_SOON, LightWord.OVERDUE),
        caught_up: (LightWord.BEHIND, LightWord.NORMAL),
    }


def test_a_light_that_turned_by_a_new_date_is_told_by_the_old_one(
    world: World, as_: Browser
) -> None:
    side = side_of(world, due_on=datetime.date(2026, 12, 31))
    ProgressReportFactory(
        responsibility=side,
        period=world.period,
        approved=True,
        percent=97,
        reviewed_at=NOW - 20 * DAY,
    )
    before = {"due_on": datetime.date(2026, 10, 31)}
    audit.record("duty.edit", side, by=world.office, before=before, after={"due_on": side.due_on})
    found = kinds(desk(as_(world.office)))
    (date,) = found[Kind.DATE]
    assert date.dates == (before["due_on"], side.due_on)
    (light,) = [c for c in found[Kind.LIGHT] if c.side == side]
    assert (light.before, light.after) == (LightWord.OVERDUE, LightWord.NORMAL)


def test_a_date_elsewhere_is_not_read(world: World) -> None:
    """The history is asked for what the desk shows, and for nothing else."""
    elsewhere = side_of(world, unit=UnitFactory(sichuan=True))
    dates: dict[str, Any] = {"before": {"due_on": None}, "after": {"due_on": TODAY}}
    audit.record("duty.edit", elsewhere, by=world.office, **dates)
    audit.record("duty.edit", world.side, by=world.office, **dates)
    sides = own_sides(world.office)
    with CaptureQueriesContext(connection) as caught:
        found = changes.changes(sides, TODAY, TODAY)
    assert [c.side for c in found if c.kind == Kind.DATE] == [world.side]
    (asked,) = [q["sql"] for q in caught if "units_auditentry" in q["sql"]]
    assert f"'{world.side.pk}'" in asked
    assert f"'{elsewhere.pk}'" not in asked


def test_what_is_to_be_handed_out_and_signed_for_stands_there(world: World, as_: Browser) -> None:
    """With links to lists of as many; not to who only reads."""
    rows = [side_of(world) for _n in range(4)]
    for side, sign_by in ((rows[0], TODAY + DAY), (rows[1], TODAY - DAY), (rows[2], TODAY + DAY)):
        AssignmentFactory(responsibility=side, assigned_by=world.office, sign_by=sign_by)
    rows[2].task.title = "改了名称"
    rows[2].task.save()
    browser = as_(world.office)
    page = desk(browser)
    links = re.findall(r'href="(/assignments/\?kind=\w+)">\s*(\S+) <strong>(\d+)<', page.text)
    assert {label for _link, label, _number in links} == {
        *("未交办", "待签收", "其中逾期", "交办后有改动"),
    }
    for link, label, number in links:
        board = browser.get(link).context["board"]
        assert board.counts[board.kind] == int(number), label
        assert board.kind == link.partition("=")[2]
    assert "/assignments/?kind=" not in desk(as_(world.auditor)).text


def test_the_day_of_changes_is_asked_for_at_the_changes(world: World, as_: Browser) -> None:
    """What waits for review comes first on the desk, before any field."""
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    text = desk(as_(world.office)).text
    assert text.index("待您审核") < text.index('id="changes-head"') < text.index('id="desk-since"')


def test_handing_out_and_signing_are_told(world: World, as_: Browser) -> None:
    Assignment.objects.create(
        responsibility=world.side,
        assigned_by=world.office,
        assigned_at=NOW - 5 * DAY,
        sign_by=TODAY,
        signed_by=world.lead,
        signed_at=NOW,
    )
    found = kinds(desk(as_(world.office)))
    assert [c.side for c in found[Kind.SIGNED]] == [world.side]
    assert Kind.ASSIGNED not in found
