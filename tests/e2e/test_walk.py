"""A sample of the pages of each person: axe, the policy on content, widths, themes, languages.

The whole walks stand in test_axe.py, test_csp.py and test_widths.py, under `make faults`.
"""

from collections.abc import Callable

import pytest
from django.conf import settings as project
from playwright.sync_api import Page

from tests.e2e.conftest import COLUMNS, Visit
from tests.e2e.test_axe import axe, problems
from tests.e2e.test_csp import LISTEN, settled
from tests.e2e.test_widths import WIDER

__all__ = ["axe"]

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGES = 3  # of each person
SEED = 3  # another one walks other pages
LOOKS = [("light", "zh-hans"), ("dark", "en"), ("light", "en"), ("dark", "zh-hans")]


def test_a_sample_of_each_persons_pages(
    visits: Callable[..., list[Visit]], enter: Callable[..., Page], axe: str
) -> None:
    found: list[str] = []
    for who in COLUMNS:
        page = enter(who)
        page.add_init_script(LISTEN)
        walked = visits(who, PAGES, SEED)
        assert walked, who
        for visit, (theme, language) in zip(walked, LOOKS, strict=False):
            look(page, theme, language)
            found += [f"{who}: {problem}" for problem in problems(page, visit, axe)]
            settled(page)
            found += [f"{who}: {visit.name}: {one}" for one in page.evaluate("window.refused")]
            for width in (390, 1024, 1440):
                page.set_viewport_size({"width": width, "height": 900})
                if (too_much := page.evaluate(WIDER)) > 0:
                    found.append(f"{who}: {visit.name}: {too_much} wider than {width}")
        page.context.close()
    assert found == []


def look(page: Page, theme: str, language: str) -> None:
    """The next page is opened in this theme and this language."""
    kept = {cookie["name"]: cookie for cookie in page.context.cookies()}
    for name, value in (("theme", theme), (project.LANGUAGE_COOKIE_NAME, language)):
        cookie = kept[name]
        page.context.add_cookies(
            [{"name": name, "value": value, "domain": cookie["domain"], "path": cookie["path"]}]
        )
