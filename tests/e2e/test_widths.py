"""Every page fits its window: nothing scrolls to the side but what has a box of its own.

In everyday runs a sample of these pages is walked by test_walk.py.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import COLUMNS, Visit

pytestmark = [pytest.mark.e2e, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
# After a frame in which what watches the width, as charts do, has had its turn.
WIDER = """() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(
  () => tell(document.documentElement.scrollWidth - innerWidth))))"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", COLUMNS)
def test_no_page_is_wider_than_its_window(
    visits: Callable[[str], list[Visit]], enter: Callable[..., Page], who: str, language: str
) -> None:
    page = enter(who, language=language, width=390)
    wider = {}
    for visit in visits(who):
        page.goto(visit.path)
        for width in (390, 1024):
            page.set_viewport_size({"width": width, "height": 844})
            if (too_much := page.evaluate(WIDER)) > 0:
                wider[visit.name, width] = too_much
    assert wider == {}
