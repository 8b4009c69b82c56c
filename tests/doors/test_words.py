"""The verbs of the policies, their tables and the page for readers name the same."""

import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType

from reports import policy as reports
from tasks import policy as tasks
from units import policy as units

PAGE = Path(__file__).parents[2] / "docs" / "who-sees-what.md"
VERB = re.compile(r"`([a-z_]+\.[a-z_]+)`")


def _told(*modules: object) -> set[str]:
    tables = "\n".join(
        line for module in modules for line in (module.__doc__ or "").splitlines() if "|" in line
    )
    return set(VERB.findall(tables))


def _modules_of(package: ModuleType) -> list[ModuleType]:
    """The parts of a policy."""
    parts = pkgutil.iter_modules(package.__path__)
    return [importlib.import_module(f"{package.__name__}.{part.name}") for part in parts]


def test_each_policy_tells_of_all_its_verbs() -> None:
    assert _told(tasks, *_modules_of(tasks)) == tasks.VERBS.keys()
    assert _told(units, *_modules_of(units)) == units.VERBS.keys()
    assert _told(reports, *_modules_of(reports)) == reports.VERBS.keys()


def test_the_page_for_readers_tells_of_all_verbs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    verbs = tasks.VERBS.keys() | units.VERBS.keys() | reports.VERBS.keys()
    assert sorted(VERB.findall("\n".join(rows))) == sorted(verbs)
