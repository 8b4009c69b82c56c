"""Each field of a report is asked for, stored, shown, sent and on record, wherever it is named."""

from collections.abc import Callable
from dataclasses import Field, asdict, fields
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tasks.models import ProgressReport
from tasks.services.entry import Entry, label_of, words_of
from tasks.services.signing_rules import version_code
from tests.factories import PeriodFactory, ProgressReportFactory
from tests.tasks.closed import close
from tests.tasks.views.conftest import World, words
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def some(part: Field[Any]) -> Any:
    """A value of the field's kind, which says whose it is."""
    if part.type is str:
        return f"（{part.name}）的内容。"
    return True if part.type is bool else 37


FULL = {part.name: some(part) for part in fields(Entry)}
ENTRY = Entry(**FULL)


def address(world: World) -> str:
    return reverse("tasks:report", args=[world.side.pk, "2026Q3"])


def typed(values: dict[str, Any], **more: str) -> dict[str, str]:
    """As a browser sends it: a box that is not ticked is not sent."""
    sent = {name: "on" if value is True else str(value) for name, value in values.items() if value}
    return {**sent, "version": "0", "action": "save", **more}


def test_the_form_asks_for_it_and_stores_it(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    page = browser.get(address(world)).text
    for name in FULL:
        assert f'name="{name}"' in page
        assert label_of(name) in words(page)
    assert browser.post(address(world), typed(FULL)).status_code == 302
    report = ProgressReport.objects.get()
    assert Entry.of(report) == ENTRY
    assert AuditEntry.objects.get(verb="report.save").after == FULL
    again = browser.get(address(world)).text
    assert all(str(value) in again for value in FULL.values() if value is not True)
    assert "checked" in again


def test_the_pages_show_it_and_the_next_form_has_it_beside(world: World, as_: Browser) -> None:
    report = ProgressReportFactory(
        responsibility=world.side,
        period=PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True),
        approved=True,
        **FULL,
    )
    browser = as_(world.lead)
    shown = reverse("tasks:view_report", args=[report.pk])
    for page in (shown, world.task.get_absolute_url(), address(world)):
        text = words(browser.get(page).text)
        for name in FULL.keys() - {"no_news"}:
            assert words_of(report, name) in text, (page, name)
    assert "本季度无新进展" in browser.get(shown).text
    assert "无新进展" in browser.get(world.task.get_absolute_url()).text


def test_the_api_takes_it_and_sends_it(world: World) -> None:
    client = APIClient()
    client.force_authenticate(world.lead)
    new = {"task": world.task.pk, "period": "2026Q3", **FULL}
    answer = client.post("/api/v1/progress/", new, format="json")
    assert answer.status_code == 201, answer.data
    assert {name: answer.data[name] for name in FULL} == FULL
    one = f"/api/v1/progress/{answer.data['id']}/"
    for name, value in asdict(Entry()).items():
        given = {name: value}
        version = client.get(one).headers["ETag"]
        changed = client.patch(one, given, format="json", headers={"If-Match": version})
        assert changed.status_code == 200, changed.data
        assert changed.data[name] == value


@pytest.mark.parametrize("name", FULL)
def test_what_another_saved_in_it_stands_beneath(world: World, as_: Browser, name: str) -> None:
    browser = as_(world.lead)
    browser.post(address(world), typed(FULL))
    mine = {**FULL, name: asdict(Entry())[name]}
    clash = browser.post(address(world), typed(mine))
    assert clash.status_code == 409
    text = words(clash.text)
    assert text.count("您在另一窗口保存的内容") == 1
    there = "是" if FULL[name] is True else str(FULL[name])
    assert there in text[text.index("您在另一窗口保存的内容") :]


def test_a_closed_quarter_keeps_it(world: World, as_: Browser) -> None:
    told = {"responsibility": world.side, "period": world.period, "approved": True, **FULL}
    report = ProgressReportFactory(**told)
    close(world.period)
    said = [words_of(report, name) for name in FULL.keys() - {"no_news"}] + ["无新进展"]
    ProgressReport.objects.update(**asdict(Entry(percent=1, progress="封存后改的。")))
    text = words(as_(world.lead).get(world.task.get_absolute_url()).text)
    assert [one for one in said if one not in text] == []


@pytest.mark.parametrize("name", FULL)
def test_a_signature_covers_it(world: World, name: str) -> None:
    report = ProgressReportFactory(responsibility=world.side, period=world.period, **FULL)
    code = version_code(report)
    setattr(report, name, asdict(Entry())[name])
    assert version_code(report) != code
