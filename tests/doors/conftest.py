"""The world is built once. No door calls anybody outside: a robot that is tried has answered."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.doors.world import World
from tests.kept import kept_world
from tracker.lib import outward
from tracker.lib.outward import Answer


@pytest.fixture(autouse=True)
def _robots_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "check_resolved", outward.check)
    monkeypatch.setattr(outward, "post", lambda *args: Answer(200, b'{"errcode": 0}'))


@pytest.fixture(scope="package")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the world lie."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="package")
def _built(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[World]:
    with kept_world(django_db_blocker, files) as built:
        yield built


@pytest.fixture
def world(_built: World, db: None, settings: Any, files: Path) -> World:
    """The world as it was built, also its objects: what a test changes in them is its own."""
    settings.FILES_DIR = files
    world = deepcopy(_built)
    world.etags = _built.etags  # of the same rows, whoever asks
    return world
