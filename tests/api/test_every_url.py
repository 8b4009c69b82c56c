"""Every address by every person: what is not in `tests/urls_table.py` fails."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reports.models import ReportFile, ReportRun
from tests import factories as make
from tests.api.conftest import Cast
from tests.urls_table import PEOPLE, PUBLIC, TABLE
from units.models import Office
from units.services import audit

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


def named(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    """The full names of all addresses; one without a name is told by its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from named(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else f"no name: {entry.pattern}"


def test_the_table_lists_every_address() -> None:
    assert sorted(set(named())) == sorted(TABLE)


@pytest.fixture
def address(cast: Cast, settings: Any, tmp_path: Path) -> Callable[[str], str]:
    """Makes an address of the table from rows that stand in the database."""
    settings.FILES_DIR = tmp_path
    content = b"book"
    (tmp_path / "book.xlsx").write_bytes(content)
    run = ReportRun.objects.create(
        book="quarterly",
        quarter="2026Q3",
        plan=cast.plan,
        office=Office.objects.get(name="重庆市双碳办"),
        requested_by=cast.coordinator,
    )
    file = ReportFile.objects.create(
        run=run,
        order=1,
        kind="summary",
        name="汇总.xlsx",
        path="book.xlsx",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    late = make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan, overdue=True))
    target = make.TargetFactory(plan=cast.plan)
    values = {
        "task": cast.task.pk,
        "plan": cast.plan.code,
        "action": cast.task.action_id,
        "duty": cast.chongqing.pk,
        "side": cast.plan.sides.get(jurisdiction__code="500000").pk,
        "assignment": make.AssignmentFactory(responsibility=cast.chongqing).pk,
        "free": make.ResponsibilityFactory(
            task=make.TaskFactory(plan=cast.plan), unit=cast.chongqing.unit
        ).pk,
        "quarter": "2026Q3",
        "submitted": cast.submitted.pk,
        "period": cast.period.pk,
        "unit": cast.helper.pk,
        "own_unit": cast.chongqing.unit.pk,
        "person": cast.lead.pk,
        "post": cast.lead.memberships.get().pk,
        "request": make.PersonRequestFactory(
            unit=cast.chongqing.unit, requested_by=cast.coordinator
        ).pk,
        "contact": cast.chongqing.pk,
        "entry": audit.record("user.login", cast.lead, by=cast.lead).pk,
        "reset": "reset",
        "late": late.pk,
        "target": target.pk,
        "indicator": target.indicator.pk,
        "observation": make.ObservationFactory().pk,
        "entered": make.ObservationFactory(entered=True, target=target).pk,
        "notice": make.NoticeFactory(recipient=cast.lead).pk,
        "run": run.pk,
        "file": file.pk,
        "mail": "1",
        "uid": "MQ",
        "token": "no-token",
    }

    def build(name: str) -> str:
        if name == "api:nowhere":
            return reverse("api:api-root") + "nowhere/"
        return reverse(name, args=[values[word] for word in TABLE[name].made_with])

    return build


def enter(cast: Cast, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        person = {"other_lead": "lead_sichuan"}.get(who, who)
        client.force_login(cast.everyone[person])
    return client


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_what_the_table_says(
    cast: Cast, address: Callable[[str], str], who: str
) -> None:
    client = enter(cast, who)
    got = {}
    for name in TABLE:
        answer = client.get(address(name))
        got[name] = answer.status_code
        answer.getvalue()  # a file is closed once read
    assert got == {name: row.status[who] for name, row in TABLE.items()}


@pytest.mark.parametrize("method", METHODS)
def test_nobody_gets_in_by_any_method(address: Callable[[str], str], method: str) -> None:
    client = Client()
    login = reverse(settings.LOGIN_URL)
    got = {}
    for name in TABLE.keys() - PUBLIC:
        answer = getattr(client, method)(address(name))
        sent_to = answer.headers.get("Location", "").partition("?")[0]
        got[name] = (answer.status_code, sent_to)
    api = {name for name in got if name.startswith("api:") or name == "api-schema"}
    assert got == {name: (401, "") if name in api else (302, login) for name in got}


def test_someone_whose_account_is_off_gets_nowhere(
    cast: Cast, address: Callable[[str], str]
) -> None:
    client = enter(cast, "lead")
    cast.lead.is_active = False
    cast.lead.save(update_fields=["is_active"])
    for name in TABLE.keys() - PUBLIC:
        assert client.get(address(name)).status_code in {302, 401}
