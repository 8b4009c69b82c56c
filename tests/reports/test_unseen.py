"""Through the door, for every book and every role: what a person may not see is in no file.

Each text that must not travel is planted once; then everybody asks for every book by the API, takes
the files there, and all their parts are searched, those that no page of a sheet shows as well.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from reports.books.making import make
from reports.states import BookKey
from tasks.models import Finding, Period, Plan, ProgressReport, Responsibility
from tests.factories import NOW, TODAY, MembershipFactory, UserFactory
from tests.reports.test_policy import QUARTER, cast
from units.models import Office, Unit, User
from units.states import Role

__all__ = ["cast"]
URL = "/api/v1/report-runs/"
UNITS = {"重庆": "重庆市能源局", "四川": "四川省能源局", "江津": "江津区发展改革委"}
PLANS = ("joint-2022", "jiangjin-2022")
PLACES = ("重庆", "四川", "江津")
STATES = {"草稿": "draft", "待审": "submitted", "通过": "approved"}

# Of each place what may stand in a book of whom; anything else may not.
MAY: dict[str, set[str]] = {
    "lead": {"待审重庆", "通过重庆", "督查重庆"},
    "lead-sichuan": {"待审四川", "通过四川", "督查四川"},
    "lead-jiangjin": {"待审江津", "通过江津", "督查江津"},
    "coordinator": {"待审重庆", "通过重庆", "通过四川", "督查重庆"},
    "coordinator-sichuan": {"待审四川", "通过四川", "通过重庆", "督查四川"},
    "coordinator-jiangjin": {"待审江津", "通过江津", "督查江津"},
    # 江津区 lies below 重庆市.
    "auditor": {
        f"{what}{place}" for what in ("待审", "通过", "督查") for place in ("重庆", "江津")
    },
    "leader": {"待审重庆", "通过重庆", "通过四川", "督查重庆"},  # reads what the office reads
    "stranger": set(),
}


def _sides(place: str) -> list[Responsibility]:
    unit = Unit.objects.get(name=UNITS[place])
    rows = Responsibility.objects.leads().filter(unit=unit).exclude(state="closed")
    return list(rows.order_by("task__number"))


def _plant() -> set[str]:
    """One text of each kind on a task of each place's lead unit, and a finding."""
    planted = set()
    for place in PLACES:
        sides = _sides(place)
        for side, (what, state) in zip(sides, STATES.items(), strict=False):
            period = Period.objects.of(QUARTER).get(plan=side.task.plan)
            text = f"{what}{place}"
            told: dict[str, Any] = {"state": state, "percent": 37, "progress": text}
            told |= {"problems": text, "next_steps": text, "coordination": text}
            told |= {"submitted_at": None if state == "draft" else timezone.now(), "redo_by": None}
            ProgressReport.objects.update_or_create(
                responsibility=side, period=period, defaults=told
            )
            planted.add(text)
        finding = Finding.objects.filter(responsibility__side__code="500000").first()
        assert finding is not None
        finding.pk, finding.responsibility, finding.state = None, sides[0], "issued"
        finding.year, finding.number = 2020, PLACES.index(place) + 1
        finding.problem = finding.demand = f"督查{place}"
        finding.save()
        planted.add(finding.problem)
    return planted


@pytest.fixture
def planted(joint: Plan) -> Iterator[set[str]]:
    Plan.objects.filter(pk__in=Plan.objects.tracked()).update(scores_on=True)
    with time_machine.travel(NOW, tick=True):
        yield _plant()


def _client(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def _asked(client: APIClient) -> list[int]:
    """Every book for every plan, and of every unit of `UNITS`; what was not refused."""
    whole = [{"book": book, "plan": plan} for book in BookKey.values for plan in PLANS]
    single = [{"book": "status", "lead_unit": unit} for unit in UNITS.values()]
    found = []
    for wanted in [*whole, *single]:
        answer = client.post(URL, {"period": str(QUARTER), **wanted}, format="json")
        assert answer.status_code in (202, 400, 403), answer.content
        if answer.status_code == 202:
            found.append(int(answer.json()["id"]))
    return found


def _texts(client: APIClient, run: int) -> Iterator[tuple[str, str]]:
    """The parts of each file of a run, as the person may take it."""
    for file in client.get(f"{URL}{run}/").json()["files"]:
        answer = client.get(file["url"])
        assert answer.status_code == 200, file
        yield from _parts(file["name"], answer.getvalue())


def _parts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.endswith(".xlsx"):
                yield from _parts(part, archive.read(part))
            else:
                yield f"{name}/{part}", archive.read(part).decode()


def test_nobodys_book_holds_what_the_person_may_not_see(
    cast: dict[str, User], planted: set[str]
) -> None:
    people = {**cast, "leader": UserFactory()}
    office = Office.objects.get(name="重庆市双碳办")
    MembershipFactory(user=people["leader"], role=Role.LEADER, unit=None, office=office)
    del people["admin"]  # sees everything, and its use is on record
    assert people.keys() == MAY.keys()
    runs: dict[str, list[int]] = {}
    for who, user in people.items():
        client = _client(user)
        runs[who] = _asked(client)
        for run in runs[who]:
            done = make(run, today=TODAY)
            assert done is not None
            assert done.state == "done", done.error
        found = set()
        for run in runs[who]:
            for where, text in _texts(client, run):
                here = {one for one in planted if one in text}
                assert here <= MAY[who], (who, where)
                found |= here
        assert found == MAY[who], who
    assert {who for who in runs if not runs[who]} == {"stranger"}


def test_where_scores_are_off_no_door_offers_them(cast: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(cast["coordinator"])
    with time_machine.travel(NOW, tick=True):
        page = browser.get("/reports/").text
        assert 'value="quarterly"' in page
        assert 'value="scores"' not in page
        wanted = {"book": "scores", "plan": "joint-2022", "period": str(QUARTER)}
        answer = _client(cast["coordinator"]).post(URL, wanted, format="json")
        assert (answer.status_code, "没有启用考核评分" in answer.text) == (400, True)
    with pytest.raises(CommandError, match="没有启用考核评分"):
        call_command("export_reports", period=str(QUARTER), output="/nonexistent", book="scores")
    Plan.objects.filter(code="joint-2022").update(scores_on=True)
    with time_machine.travel(NOW, tick=True):
        assert 'value="scores"' in browser.get("/reports/").text
