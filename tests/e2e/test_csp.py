"""The policy on content, in the browser: nothing that a page does is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from playwright.sync_api import Page, expect

from tests.e2e.conftest import COLUMNS, Visit
from tracker.lib.charts import Chart, Series

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
LISTEN = """
  window.refused = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });
"""
QUARTERS = ("2026年第1季度", "2026年第2季度", "2026年第3季度")
CHARTS = (
    Chart(
        kind="line",
        title="完成进度",
        categories=QUARTERS,
        series=(
            Series("序时", (25, 50, 75), tone="grey", dashed=True),
            Series("重庆市", (20, 48, None)),
            Series("监测值", (None, 30, 71), tone="blue", points_only=True),
        ),
        unit="%",
        maximum=100,
    ),
    Chart(
        kind="stacked",
        title="各单位任务",
        categories=("重庆市能源局", "重庆市规划自然资源局"),
        series=(Series("正常", (3, 2), tone="green"), Series("逾期", (1, 0), tone="red")),
        lying=True,
    ),
    Chart(kind="bar", title="逾期天数", categories=("一", "二"), series=(Series("项", (4, 9)),)),
)


@login_not_required
def charts_page(request: HttpRequest) -> HttpResponse:
    return render(request, "charts.html", {"charts": CHARTS})


urlpatterns = [path("charts/", charts_page), path("", include("tracker.urls"))]
TEMPLATE = (
    '{% extends "bare.html" %}{% load ui %}'
    "{% block content %}{% for chart in charts %}{% chart chart %}{% endfor %}{% endblock %}"
)


@pytest.fixture
def charts_address(settings: Any) -> str:
    """A page with a chart of each kind, which the site itself has not."""
    settings.ROOT_URLCONF = __name__
    engine = settings.TEMPLATES[0]
    loaders = [
        ("django.template.loaders.locmem.Loader", {"charts.html": TEMPLATE}),
        "django.template.loaders.app_directories.Loader",
    ]
    options = engine["OPTIONS"] | {"loaders": loaders}
    settings.TEMPLATES = [engine | {"APP_DIRS": False, "OPTIONS": options}]
    return "/charts/"


@pytest.fixture
def watched(enter: Enter) -> Iterator[Callable[..., Page]]:
    """Opens pages that write down what the policy refuses; the console has to be quiet too."""
    spoken: list[str] = []

    def open_page(*words: str, **options: Any) -> Page:
        page = enter(*words, **options)
        page.add_init_script(LISTEN)
        page.on("console", lambda said: spoken.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: spoken.append(str(error)))
        return page

    yield open_page
    assert spoken == []


def settled(page: Page) -> None:
    """Come near every chart, and wait until all are drawn."""
    for figure in page.locator("[data-chart-library]").all():
        figure.scroll_into_view_if_needed()
        if figure.locator(".chart-canvas").count():
            expect(figure.locator("canvas").first).to_be_visible()


@pytest.mark.faults
@pytest.mark.parametrize("who", COLUMNS)
def test_no_page_is_refused_anything(
    visits: Callable[[str], list[Visit]], watched: Callable[..., Page], who: str
) -> None:
    page = watched(who)
    refused = {}
    for visit in visits(who):
        page.goto(visit.path)
        settled(page)
        if found := page.evaluate("window.refused"):
            refused[visit.name] = found
    assert refused == {}


def test_a_list_that_htmx_swaps_is_refused_nothing(
    visits: Callable[[str], list[Visit]], watched: Callable[..., Page]
) -> None:
    visits("coordinator")
    page = watched("coordinator")
    page.goto("/tasks/")
    page.locator(".chips a").nth(1).click()
    page.wait_for_url("**light=*")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.refused") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_draw_in_the_themes_colours(
    charts_address: str, watched: Callable[..., Page], theme: str
) -> None:
    page = watched(theme=theme)
    page.goto(charts_address)
    settled(page)
    assert page.locator("canvas").count() == len(CHARTS)
    canvas = page.locator("canvas").last
    canvas.hover()
    page.mouse.move(*_middle(canvas.bounding_box()))
    assert page.evaluate("window.refused") == []
    bar = page.evaluate(PIXELS, "#4cb8a4" if theme == "dark" else "#0f6b5c")
    assert bar > 100


PIXELS = """(colour) => {
  const canvas = [...document.querySelectorAll("canvas")].pop();
  const want = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (want.every((part, k) => Math.abs(data[at + k] - part) < 3)) found += 1;
  }
  return found;
}"""


def _middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_charts_figures_are_read_without_scripts(
    charts_address: str, watched: Callable[..., Page]
) -> None:
    page = watched(java_script_enabled=False)
    page.goto(charts_address)
    expect(page.get_by_role("cell", name="71", exact=True)).to_be_visible()
    expect(page.locator(".chart-canvas").first).to_be_hidden()
