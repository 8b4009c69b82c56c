"""How many queries each page and API call runs: frozen in `counts.csv`, whatever the rows.

The file tells the numbers of a world of few rows, and a larger one is walked: who gets the same
there neither changed nor grew. Only doors that differ are walked in the small one, too; `make
faults` walks both whole, and so does `WRITE_QUERY_COUNTS=1`, which writes the file anew; the
change is then read like any other.
"""

import csv
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tests import factories as make
from tests.doors.knock import address, enter
from tests.doors.table import TABLE, Door
from tests.doors.world import World
from tests.kept import kept_world
from tests.query_counts.grow import grow

FILE = Path(__file__).with_name("counts.csv")
PEOPLE = ("officer", "coord", "leader", "insp", "system", "security", "audit")
# They read what the coordinator reads: their turn comes with `make faults`.
SELDOM = ("leader", "insp", "system")
FEW, MORE = 3, 6
DOORS = [door for door in TABLE if door.method == "GET"]
Counts = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[World]:
    with kept_world(django_db_blocker, files, lambda world: grow(world, FEW)) as built:
        yield built


@pytest.fixture
def world(_built: World, db: None, settings: Any, files: Path) -> Iterator[World]:
    settings.FILES_DIR = files
    with time_machine.travel(make.NOW, tick=False):
        yield deepcopy(_built)


def frozen() -> Counts:
    """By door and person."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row.pop("door"): row for row in csv.DictReader(lines)}


def _read(answer: Any) -> None:
    if answer.streaming:
        answer.getvalue()  # a file is closed once read


def measured(
    client: Client, doors: list[Door], world: World, told: dict[str, int]
) -> dict[str, int]:
    """Queries of each door; what a process keeps from its first call on is there.

    Where the first call ran as many as was told, no second one is needed.
    """
    found = {}
    for door in doors:
        path = address(door, world)
        found[door.key] = _queries(client, door, path)
        if found[door.key] != told.get(door.key):
            found[door.key] = _queries(client, door, path)
    return found


def _queries(client: Client, door: Door, path: str) -> int:
    """How many the door runs."""
    count = 0

    def watch(execute: Any, *call: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*call)

    cache.clear()
    with connection.execute_wrapper(watch):
        answer = client.get(path)
        _read(answer)
    assert answer.status_code == 200, (door.key, answer.status_code)
    return count


def grown(world: World, who: str, doors: list[Door], told: dict[str, int]) -> dict[str, int]:
    """The same with more rows, which are gone again afterwards."""
    larger = deepcopy(world)
    with transaction.atomic():
        grow(larger, MORE)
        found = measured(enter(larger, who), doors, larger, told)
        transaction.set_rollback(True)
    return found


def doors_of(who: str) -> list[Door]:
    return [door for door in DOORS if door.answers[who] == "200"]


def told_of(who: str) -> dict[str, int]:
    return {key: int(row[who]) for key, row in frozen().items() if row[who]}


@pytest.mark.parametrize(
    ("who", "whole"),
    [
        *((who, False) for who in PEOPLE if who not in SELDOM),
        *(pytest.param(who, True, marks=pytest.mark.faults) for who in PEOPLE),
    ],
)
def test_queries_are_as_many_as_the_file_says_and_do_not_grow(
    world: World, who: str, whole: bool
) -> None:
    doors, told = doors_of(who), told_of(who)
    if os.environ.get("WRITE_QUERY_COUNTS"):
        told = few = measured(enter(world, who), doors, world, {})
        write(who, few)
        more = grown(world, who, doors, few)
    elif whole:
        few = measured(enter(world, who), doors, world, told)
        more = grown(world, who, doors, few)
    else:
        more = grown(world, who, doors, told)
        differ = [door for door in doors if more[door.key] != told.get(door.key)]
        few = more | measured(enter(world, who), differ, world, told)
    larger = {key: (few[key], more[key]) for key in few if more[key] > few[key]}
    assert not larger, "\n".join(f"{key}: {counts}" for key, counts in larger.items())
    wrong = {key: (told.get(key), few.get(key)) for key in told.keys() | few.keys()}
    assert not {key: pair for key, pair in wrong.items() if pair[0] != pair[1]}


def write(who: str, found: dict[str, int]) -> None:
    """Put the person's column into the file."""
    rows = frozen() if FILE.exists() else {}
    for door in DOORS:
        rows.setdefault(door.key, {})[who] = str(found.get(door.key, ""))
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        out = csv.DictWriter(lines, ["door", *PEOPLE], restval="", lineterminator="\n")
        out.writeheader()
        known = [door.key for door in DOORS if any(rows[door.key].values())]
        out.writerows({"door": key, **rows[key]} for key in known)
