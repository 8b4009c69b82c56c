"""axe-core on every page that a GET reaches: nothing serious, nothing critical.

In everyday runs a sample of these pages is walked by test_walk.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import COLUMNS, Visit
from tests.needed import need

pytestmark = [pytest.mark.e2e, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
GRAVE = {"serious", "critical"}
SOME = {"home", "tasks:list", "tasks:detail", "tasks:fill", "tasks:targets", "reports:runs"}
Enter = Callable[..., Page]
Visits = Callable[[str], list[Visit]]


@pytest.fixture
def axe() -> str:
    need(AXE.exists(), "no axe-core: run `make test`, which fetches it")
    return AXE.read_text(encoding="utf-8")


def problems(page: Page, visit: Visit, axe: str, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe says of a page: rule, place and why."""
    answer = page.goto(visit.path)
    assert answer is not None
    assert answer.status == 200
    # Closed menus and stories are read too.
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    page.evaluate(axe)
    only: Any = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = page.evaluate("(options) => axe.run(document, options)", only)
    return [
        f"{visit.name}: {violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("who", COLUMNS)
def test_axe_finds_nothing_serious(visits: Visits, enter: Enter, axe: str, who: str) -> None:
    page = enter(who)
    walked = visits(who)
    assert walked
    assert [line for visit in walked for line in problems(page, visit, axe)] == []


@pytest.mark.parametrize("who", [who for who in COLUMNS if who != "anonymous"])
def test_the_dark_has_contrast(visits: Visits, enter: Enter, axe: str, who: str) -> None:
    page = enter(who, theme="dark")
    rules = ("color-contrast",)
    assert [line for visit in visits(who) for line in problems(page, visit, axe, rules)] == []


@pytest.mark.parametrize("width", [390, 1024])
@pytest.mark.parametrize("who", ["coordinator", "leader", "system", "security", "audit"])
def test_english_and_narrow_pages_too(
    visits: Visits, enter: Enter, axe: str, width: int, who: str
) -> None:
    page = enter(who, language="en", width=width)
    walked = [visit for visit in visits(who) if who != "coordinator" or visit.name in SOME]
    assert [line for visit in walked for line in problems(page, visit, axe)] == []
