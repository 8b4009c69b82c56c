"""What is hostile or broken costs little, gets a sentence, and changes nothing."""

import gc
import random
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.returns.read import read
from reports.returns.shapes import Refused
from tests.reports.returns.conftest import World
from tests.reports.returns.hostile import FILES
from tests.reports.returns.mutants import mutant
from tracker.lib.excel import guard

CPU_SECONDS = 5
MEGABYTES = 160  # of 200
ASKED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("name", FILES)
def test_what_is_hostile_costs_little(name: str, tmp_path: Path) -> None:
    """A sentence; and of time and memory, of this process and the one that reads, within bounds."""
    content, said = FILES[name]
    path = tmp_path / "回填表.xlsx"
    path.write_bytes(content())
    before, held = _cpu(), _lowered()
    try:
        answer = f"read {len(read(path).rows)}"
    except Refused as error:
        answer = str(error)
    assert said in answer
    assert answer.startswith("read ") or answer.endswith("。")
    assert _cpu() - before < CPU_SECONDS
    grown = _megabytes("VmHWM") - held
    assert grown + _peak_of_child(path) < MEGABYTES


def _megabytes(word: str) -> float:
    found = re.search(rf"{word}:\s*(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert found is not None
    return int(found[1]) / 1024


def _lowered() -> float:
    """What this process holds now, from where its peak is counted anew."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _megabytes("VmRSS")


def _peak_of_child(path: Path) -> float:
    """What the reading process held at most, told by a parent that is smaller than it."""
    bounds = str(guard.MEMORY), str(guard.CPU_SECONDS)
    child = [sys.executable, "-I", "-X", "utf8", str(guard.CHILD), str(path), *bounds]
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "-S", "-c", ASKED, *child],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(told.stdout) / 1024


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
