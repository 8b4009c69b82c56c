"""`/healthz` says whether database, Redis and a worker answer, and what is missing."""

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.test import Client

from tracker import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ask_anew() -> Iterator[None]:
    health.worker_answers.forget()
    yield
    health.worker_answers.forget()


def test_all_well() -> None:
    with patch.object(current_app.control, "ping", return_value=[{"w": {"ok": "pong"}}]):
        answer = Client().get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["database"], body["redis"], body["worker"]) == (
        "ok",
        True,
        True,
        True,
    )
    assert "no-store" in answer.headers["Cache-Control"]


def test_no_worker_is_running() -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["worker"]
    assert "worker" in answer.json()["detail"]


def test_redis_is_down(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["redis", "worker"]


def test_workers_can_not_be_asked() -> None:
    with patch.object(current_app.control, "ping", side_effect=OSError("gone")):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["worker"])


def test_the_database_is_down() -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert "database" in answer.json()["missing"]
    assert "audit" not in answer.json()


def test_workers_are_asked_once_in_a_while() -> None:
    with patch.object(current_app.control, "ping", return_value=[]) as ping:
        for _number in range(3):
            Client().get("/healthz")
    assert ping.call_count == 1


def test_it_says_when_only_the_trigger_protects_history() -> None:
    """Tests connect as the owner of the tables."""
    said = Client().get("/healthz").json()["audit"]
    assert said["separate_role"] is False
    assert "触发器" in said["detail"]


def test_it_says_when_another_role_protects_history() -> None:
    if "DATABASE_OWNER_URL" not in os.environ:
        pytest.skip("wants two roles: DATABASE_URL and DATABASE_OWNER_URL")
    running = urlsplit(os.environ["DATABASE_URL"]).username
    table = f'"{health.AUDIT_TABLE}"'
    with connection.cursor() as cursor:
        cursor.execute(f'GRANT SELECT, INSERT ON {table} TO "{running}"')
        assert health.audit_stands_apart(running) is True
        cursor.execute(f'GRANT UPDATE ON {table} TO "{running}"')
        assert health.audit_stands_apart(running) is False


def test_it_answers_by_whatever_name_it_is_called(settings: Any) -> None:
    """Who watches a process behind a proxy asks it by its address; pages want the site's name."""
    settings.ALLOWED_HOSTS = ["tracker.example.org"]
    with patch.object(current_app.control, "ping", return_value=[{"w": {"ok": "pong"}}]):
        assert Client(headers={"host": "127.0.0.1:8000"}).get("/healthz").status_code == 200
    assert Client(headers={"host": "127.0.0.1:8000"}).get("/login/").status_code == 400
