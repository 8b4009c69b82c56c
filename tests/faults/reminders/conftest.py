"""A trial on the site of these tests."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.reminders import ledger
from tests.faults.reminders.crew import QUICK, Crew
from tests.faults.reminders.post import Post, serving
from tests.faults.reminders.site import Site
from tests.faults.reminders.stage import Stage

Begin = Callable[..., Stage]


@pytest.fixture
def begin(site: Site, transactional_db: None, settings: Any) -> Iterator[Begin]:
    """Begin a trial: what it is called, its seed, the application that the workers run."""
    settings.SITE_URL = "https://tracker.example.org"
    site.fresh()
    dice = random.Random()  # noqa: S311 - data of a test
    post = Post(dice)
    crew = Crew(site, post.port)
    crew.log.unlink(missing_ok=True)

    def start(fault: str, seed: int, app: str = QUICK) -> Stage:
        dice.seed(seed)
        crew.app = app
        return Stage(site, post, crew, dice, fault)

    with site.looked_at(), serving(post):
        try:
            yield start
        finally:
            crew.stop()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of what was injected and what came of it."""
    if ledger.FIGURES:
        terminalreporter.section("reminders under faults")
        for line in ledger.table():
            terminalreporter.write_line(line)
