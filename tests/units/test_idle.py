"""Sessions end on the server: after half an hour without use, and after twelve hours with it."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse_lazy

from tests.factories import NOW, UserFactory
from units.models import User

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HTMX = {"HX-Request": "true"}
RETURN = reverse_lazy("tasks:return", args=[7])


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person() -> User:
    user: User = UserFactory()
    return user


@pytest.fixture
def inside(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 302), (600, 302)])
def test_half_an_hour_without_use_ends_it(
    inside: Client, clock: Any, minutes: int, status: int
) -> None:
    clock.shift(minutes * MINUTE)
    assert inside.get("/notices/").status_code == status
    assert Session.objects.exists() == (status == 200)


def test_use_keeps_it_up_to_twelve_hours(inside: Client, clock: Any) -> None:
    for _n in range(35):
        clock.shift(20 * MINUTE)
        assert inside.get("/notices/").status_code == 200
    clock.shift(20 * MINUTE)
    assert inside.get("/notices/").status_code == 302


def test_what_a_page_asks_by_itself_is_no_use(inside: Client, clock: Any) -> None:
    for _n in range(2):
        clock.shift(14 * MINUTE)
        answer = inside.get("/notices/", headers=HTMX | {"X-By-Itself": "1"})
        assert answer.status_code == 200
    clock.shift(2 * MINUTE)
    answer = inside.get("/notices/", headers=HTMX | {"X-By-Itself": "1"})
    assert answer.headers["HX-Redirect"].startswith("/login/")


def test_it_is_noted_once_a_minute_at_most(inside: Client, clock: Any) -> None:
    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            inside.get("/notices/")
        return sum(
            "django_session" in query["sql"] and query["sql"].startswith(("UPDATE", "INSERT"))
            for query in queries
        )

    inside.get("/notices/")
    assert writes() == 0
    clock.shift(59 * MINUTE / 60)
    assert writes() == 0
    clock.shift(MINUTE / 60)
    assert writes() == 1
    assert writes() == 0


def test_the_number_of_minutes_is_a_setting(inside: Client, clock: Any, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 0
    clock.shift(300 * MINUTE)
    assert inside.get("/notices/").status_code == 200


def test_the_api_by_session_ends_with_it(inside: Client, clock: Any) -> None:
    assert inside.get("/api/v1/tasks/").status_code == 200
    clock.shift(30 * MINUTE)
    assert inside.get("/api/v1/tasks/").status_code == 401


def test_a_page_says_so_and_leads_back(inside: Client, clock: Any) -> None:
    clock.shift(30 * MINUTE)
    answer = inside.get("/tasks/?plan=joint-2022")
    assert answer.headers["Location"] == "/login/?next=/tasks/%3Fplan%3Djoint-2022&ended=1"
    text = inside.get(answer.headers["Location"]).text
    assert "登录已结束：30分钟没有操作" in text
    assert "/tasks/?plan=joint-2022" in text


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/review/?report=7", "/review/%3Freport%3D7"),
        ("https://evil.example/review/", "/"),
        ("", "/"),
        ("//evil.example/", "/"),
        ("http://testserver", "/"),
    ],
)
def test_a_form_leads_back_to_its_page_never_to_where_it_was_sent(
    inside: Client, clock: Any, referer: str, back: str
) -> None:
    clock.shift(30 * MINUTE)
    answer = inside.post(str(RETURN), {"reason": "x"}, headers={"Referer": referer})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login/?next={back}&ended=1"


def test_a_part_of_a_page_leads_the_whole_page(inside: Client, clock: Any) -> None:
    clock.shift(30 * MINUTE)
    headers = HTMX | {"HX-Current-URL": "http://testserver/tasks/?q=x"}
    answer = inside.get("/tasks/?q=xy", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/login/?next=/tasks/%3Fq%3Dx&ended=1"
    assert answer.text == ""


def test_somebody_new_is_told_of_no_end(client: Client) -> None:
    answer = client.get("/notices/")
    assert answer.headers["Location"] == "/login/?next=/notices/"
    assert "登录已结束" not in client.get(answer.headers["Location"]).text


def test_a_session_of_before_counts_from_its_next_use(inside: Client, clock: Any) -> None:
    session = inside.session
    del session["began"], session["seen"]
    session.save()
    assert inside.get("/notices/").status_code == 200
    clock.shift(30 * MINUTE)
    assert inside.get("/notices/").status_code == 302


def test_after_the_log_out_nothing_is_kept(inside: Client) -> None:
    page = inside.get("/notices/")
    assert page.headers["Cache-Control"] == "private, no-store"
    answer = inside.post("/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not Session.objects.exists()
    assert inside.get("/notices/").status_code == 302


def test_a_form_of_somebody_without_a_session_is_told_of_no_end(client: Client) -> None:
    answer = client.post(str(RETURN), {"reason": "x"})
    assert answer.headers["Location"] == "/login/?next=/"
