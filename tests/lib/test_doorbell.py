"""A doorbell never breaks the request that rings it."""

import logging

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from tracker.celery import app
from tracker.lib import doorbell


@pytest.fixture
def rung(monkeypatch):
    calls = []
    monkeypatch.setattr(app, "send_task", lambda name, **kw: calls.append((name, kw)))
    return calls


@pytest.mark.django_db
def test_it_rings_after_the_commit(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring("reports.jobs.make_report_run", 7)
        assert rung == []
    ((name, options),) = rung
    assert name == "reports.jobs.make_report_run"
    assert options["args"] == (7,)
    assert options["retry"] is False


@pytest.mark.django_db(transaction=True)
def test_a_change_rolled_back_does_not_ring(rung):
    with transaction.atomic():
        doorbell.ring("reports.jobs.make_report_run", 7)
        transaction.set_rollback(True)
    assert rung == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("down"), ConnectionRefusedError("down")])
def test_a_dead_broker_is_only_logged(monkeypatch, caplog, error):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(app, "send_task", refuse)
    with caplog.at_level(logging.WARNING, logger="tracker.lib.doorbell"):
        doorbell.ring("reports.jobs.make_report_run", 7)
    assert "did not take" in caplog.text
