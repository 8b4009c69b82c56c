"""What is hostile or broken costs little, gets a sentence, and changes nothing."""

import random
import resource
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.returns.read import read
from reports.returns.shapes import Refused
from tests.reports.returns.conftest import World
from tests.reports.returns.hostile import FILES
from tests.reports.returns.mutants import mutant

CPU_SECONDS = 5
MEGABYTES = 200


@pytest.mark.parametrize("name", FILES)
def test_what_is_hostile_costs_little(name: str, tmp_path: Path) -> None:
    content, said = FILES[name]
    path = tmp_path / "回填表.xlsx"
    path.write_bytes(content())
    before = _cpu()
    try:
        answer = f"read {len(read(path).rows)}"
    except Refused as error:
        answer = str(error)
    assert said in answer
    assert answer.startswith("read ") or answer.endswith("。")
    assert _cpu() - before < CPU_SECONDS


def _cpu() -> float:
    """Seconds that this process and its children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def tried(world: World, number: int, seed: int) -> int:
    """Mutants of a filled form: read or refused with a sentence, nothing else. How many read."""
    source = world.filled({"G5": 80, "I5": "完成一期。", "G6": "0.5", "H7": "是"}).read_bytes()
    path, chance, whole = world.folder / "mutant.xlsx", random.Random(seed), 0  # noqa: S311
    for place in range(number):
        path.write_bytes(mutant(source, chance))
        answer = ""
        with CaptureQueriesContext(connection) as queries:
            try:
                found = world.compared(path)
                whole += 1
                assert found.unit == world.unit
            except Refused as error:
                answer = str(error)
        assert answer == "" or answer.endswith("。"), (seed, place)
        written = [one["sql"] for one in queries if not one["sql"].startswith("SELECT")]
        assert written == [], (seed, place)
    return whole


def test_mutants_are_read_or_refused(world: World) -> None:
    assert tried(world, 25, seed=6) > 0


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_mutants(world: World, seed: int) -> None:
    assert tried(world, 1000, seed) > 0
