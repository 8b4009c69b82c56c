"""The board for a wall screen, and the session that opens nothing else."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks.services import board
from tasks.states import LightWord
from tasks.views.plans import light_counts
from tests import factories as make
from tests.api.conftest import Cast
from tests.doors.knock import address
from tests.doors.table import pages
from tests.doors.world import build
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
BOARD, WALL = "/board/", "/board/wall/"
MINUTE = datetime.timedelta(minutes=1)
HTMX = {"HX-Request": "true", "X-By-Itself": "1"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def screen(cast: Cast) -> Client:
    """A wall's session."""
    client = enter(cast.stranger)
    assert client.post(f"{WALL}?plan=joint-2022").status_code == 302
    return client


def late_tasks(cast: Cast, number: int, *, own_date: bool = True) -> None:
    for _n in range(number):
        task = make.TaskFactory(plan=cast.plan, overdue=own_date)
        make.ResponsibilityFactory(task=task, unit=make.UnitFactory())
        make.ResponsibilityFactory(task=task, unit=make.UnitFactory(sichuan=True))


def test_its_counts_are_those_of_the_plans_page(cast: Cast) -> None:
    late_tasks(cast, 3)
    make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan), closed=True)
    made = board.build(cast.stranger, cast.plan, make.TODAY)
    assert made.lights == light_counts(cast.stranger, make.TODAY)[cast.plan.pk]
    assert made.total == sum(number for _word, number in made.lights) == 5
    assert {row.word for row in made.late} == {LightWord.OVERDUE}


def test_only_what_the_viewer_may_read_of_progress(cast: Cast) -> None:
    task = make.TaskFactory(plan=cast.plan, overdue=True)
    side = make.ResponsibilityFactory(task=task, unit=cast.chongqing.unit)
    make.ProgressReportFactory(
        responsibility=side, period=cast.period, approved=True, percent=73, filled_by=cast.lead
    )
    assert "73%" in enter(cast.lead).get(BOARD).text
    assert "73%" in enter(cast.coordinator_sichuan).get(BOARD).text
    page = enter(cast.stranger).get(BOARD).text
    assert "73%" not in page
    assert task.title in page


def test_there_is_nobody_personal_on_it(cast: Cast) -> None:
    late_tasks(cast, 1)
    cast.chongqing.liaison, cast.chongqing.phone = "王联络", "023-00001234"
    cast.chongqing.save()
    page = enter(cast.admin).get(BOARD).text
    for words in ("王联络", "023-00001234", str(cast.admin), str(cast.lead)):
        assert words not in page


def test_what_is_late_comes_in_pages_and_begins_again(cast: Cast) -> None:
    late_tasks(cast, 5)  # ten sides
    browser = enter(cast.stranger)
    first = browser.get(BOARD, {"plan": "joint-2022"})
    assert (len(first.context["late"]), first.context["next"][-6:]) == (8, "page=2")
    assert 'hx-trigger="every 20s"' in first.text
    second = browser.get(BOARD, {"page": "2"}, headers=HTMX)
    assert len(second.context["late"]) == 2
    assert second.context["next"].endswith("page=1")
    assert "<html" not in second.text
    for odd in ("0", "3", "x", "-1", "9" * 30, "²"):
        assert browser.get(BOARD, {"page": odd}).context["number"] == 1
    held = browser.get(BOARD, {"hold": "1"}).text
    assert "hx-trigger" not in held
    assert "继续翻页" in held


def test_a_plan_that_is_not_tracked_has_none(cast: Cast) -> None:
    make.PlanFactory(draft=True, code="draft")
    for code in ("draft", "nothing"):
        assert enter(cast.lead).get(BOARD, {"plan": code}).status_code == 404
    cast.plan.tracked_from = ""
    cast.plan.save()
    assert "还没有启用填报的方案" in enter(cast.lead).get(BOARD).text


def test_queries_do_not_grow_with_tasks(cast: Cast) -> None:
    browser = enter(cast.coordinator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            browser.get(BOARD)
        return len(caught)

    late_tasks(cast, 1)
    few = queries()
    late_tasks(cast, 12)
    assert queries() == few <= 14


# --- the wall ------------------------------------------------------------------------------------


def test_a_walls_session_opens_the_board_and_nothing_else(
    screen: Client, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = tmp_path
    world, got = build(tmp_path, "doors-2022"), {}
    for name, door in pages().items():
        if name in {"tasks:board", "logout", "password_change", "second_factor"}:
            continue
        if name == "second_factor_set_up":
            continue
        path = address(door, world)
        answer = screen.get(path)
        api = path.startswith("/api/")
        assert answer.status_code == (403 if api else 302), name
        if not api:
            got[name] = answer.headers["Location"]
    assert set(got.values()) == {BOARD}
    assert screen.get(BOARD).status_code == 200
    assert screen.get(f"{BOARD}?plan=joint-2022&page=2").status_code == 200


def test_nothing_can_be_sent_from_it(screen: Client, cast: Cast) -> None:
    before = AuditEntry.objects.count()
    for method in ("post", "put", "patch", "delete"):
        for path in (
            "/tasks/",
            "/login/",
            "/theme/",
            "/nowhere/",
            f"/fill/{cast.chongqing.pk}/2026Q3/",
        ):
            assert getattr(screen, method)(path).headers["Location"] == BOARD
        assert getattr(screen, method)("/api/v1/progress/").status_code == 403
    assert AuditEntry.objects.count() == before
    answer = screen.get("/tasks/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == BOARD


def test_it_stands_all_day_and_no_longer(screen: Client, clock: Any) -> None:
    for _hour in range(11):
        clock.shift(60 * MINUTE)
        assert screen.get(BOARD, headers=HTMX).status_code == 200
    clock.shift(60 * MINUTE)
    assert screen.get(BOARD).headers["Location"].startswith("/login/")


def test_another_session_of_the_same_person_idles_out_as_ever(
    screen: Client, cast: Cast, clock: Any
) -> None:
    other = enter(cast.stranger)
    assert other.get("/tasks/").status_code == 200
    clock.shift(30 * MINUTE)
    assert other.get(BOARD, headers=HTMX).headers["HX-Redirect"].startswith("/login/")
    assert screen.get(BOARD).status_code == 200


def test_logging_out_ends_it(screen: Client, cast: Cast) -> None:
    assert screen.post("/logout/").status_code == 302
    assert screen.get(BOARD).headers["Location"].startswith("/login/")
    screen.force_login(cast.stranger)
    assert screen.get("/tasks/").status_code == 200


def test_a_person_who_must_do_something_first_leaves_the_wall(screen: Client, cast: Cast) -> None:
    cast.stranger.must_change_password = True
    cast.stranger.save()
    answer = screen.get(BOARD, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("login")
    assert answer.status_code == 200


def test_becoming_a_wall_is_on_record_and_changes_the_key(cast: Cast) -> None:
    client = enter(cast.stranger)
    key = client.session.session_key
    assert client.get(WALL).status_code == 405
    assert client.post(f"{WALL}?plan=nothing").status_code == 404
    assert client.get("/tasks/").status_code == 200
    client.post(WALL)
    assert client.session.session_key != key
    assert AuditEntry.objects.get(verb="board.wall").actor == cast.stranger


def test_without_scripts_a_wall_turns_its_pages_and_a_desk_does_not(
    screen: Client, cast: Cast
) -> None:
    """A page that reloads itself would keep a desk's session from ever idling out."""
    assert 'http-equiv="refresh"' in screen.get(BOARD).text
    assert 'http-equiv="refresh"' not in enter(cast.lead).get(BOARD).text
