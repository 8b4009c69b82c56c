"""The real plans with the demo's reports, and a folder of its own for files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from reports.books.making import make
from reports.models import ReportRun
from reports.services import runs
from tasks.models import Plan
from tasks.services.demo import make_demo
from tasks.services.load import load_files
from tasks.services.tracking import start_tracking
from tests.copies import copy, drop, elsewhere
from tests.factories import TODAY
from tracker.lib.workdays import Quarter


@pytest.fixture(autouse=True)
def files_dir(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The doorbell's calls, kept from the broker."""
    calls: list[tuple[Any, ...]] = []
    for module in ("runs", "work", "ending", "mails"):
        monkeypatch.setattr(f"reports.services.{module}.ring", lambda *args: calls.append(args))
    return calls


def load_all() -> None:
    """The plans of the fixtures with the demo's reports."""
    with translation.override(settings.LANGUAGE_CODE):
        load_files([Path(settings.BASE_DIR) / "fixtures"])
        start_tracking(first=Quarter(2025, 3), today=TODAY)
        make_demo(today=TODAY)


@pytest.fixture(scope="session")
def _filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of these plans, filled once, for that takes longer than most tests."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_plans"
    with django_db_blocker.unblock():
        copy(own, name)
        with elsewhere(name):
            load_all()
    yield name
    with django_db_blocker.unblock():
        drop(name)


@pytest.fixture(scope="module")
def _plans(_filled: str, django_db_blocker: Any) -> Iterator[None]:
    """The tests of a module look at that database, and undo what they do to it."""
    with django_db_blocker.unblock(), elsewhere(_filled), django_db_blocker.block():
        yield


@pytest.fixture
def joint(_plans: None, db: None) -> Plan:
    """The joint plan, and all the others."""
    return Plan.objects.get(code="joint-2022")


@pytest.fixture
def committed(_filled: str, transactional_db: None) -> Iterator[None]:
    """The same for tests whose workers have connections of their own: a copy for each."""
    name = f"{_filled}_once"
    copy(_filled, name)
    with elsewhere(name):
        yield
    drop(name)


def made(**wanted: Any) -> ReportRun:
    """Ask for a run and make it."""
    wanted.setdefault("book", "status")
    wanted.setdefault("by", None)
    run = runs.request_run(**wanted)
    found = make(run.pk, today=TODAY)
    assert found is not None
    assert (found.state, found.error) == ("done", "")
    return found
