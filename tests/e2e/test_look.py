"""What only a window can tell of the look: what fits, what is alike, what crosses what."""

import datetime
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.api.conftest import Cast
from tests.e2e.test_csp import charts_address, settled
from tests.factories import (
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)

__all__ = ["charts_address"]

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
MEASURE = 42 * 14 + 2 * 16 + 2  # characters, padding, border


def test_the_report_under_review_is_seen_whole(cast: Cast, enter: Enter) -> None:
    for number in range(3):
        side = ResponsibilityFactory(task=TaskFactory(plan=cast.plan), unit=cast.chongqing.unit)
        ProgressReportFactory(
            responsibility=side, period=cast.period, submitted=True, percent=20 + number
        )
    page = enter("coordinator", width=1024)
    page.goto("/review/")
    box = page.evaluate(
        """() => {
          const list = document.querySelector(".review-list");
          const rows = list.querySelectorAll("li");
          const ends = rows[rows.length - 1].getBoundingClientRect().bottom;
          return [rows.length, list.scrollTop, ends - list.getBoundingClientRect().bottom];
        }"""
    )
    assert box[:2] == [4, 0]
    assert box[2] <= 0


WIDTHS = """() => [...document.querySelectorAll(".table tbody tr")].map((row) =>
  [...row.querySelectorAll(".side-cell")].map((cell) => Math.round(cell.offsetWidth)))"""
FREE = "document.documentElement.scrollWidth - innerWidth"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_sides_of_a_task_are_alike(cast: Cast, enter: Enter, language: str) -> None:
    late = TaskFactory(plan=cast.plan, due_on=datetime.date(2026, 1, 31))
    for unit in (cast.chongqing.unit, cast.sichuan.unit):
        ResponsibilityFactory(task=late, unit=unit)
    page = enter("admin", language=language, width=1024)
    for address in ("/tasks/", "/plans/joint-2022/"):
        page.goto(address)
        widths = [row for row in page.evaluate(WIDTHS) if row]
        assert len(widths) == 2
        assert {width for row in widths for width in row} == {widths[0][0]}
        assert page.evaluate(FREE) <= 0
    font = "getComputedStyle(document.querySelector('.light .shape')).fontFamily"
    assert page.evaluate(font).split(",")[0].strip('"') == "PingFang SC"


def test_a_phone_shows_the_matrix_newest_quarter(cast: Cast, enter: Enter) -> None:
    for year in (2024, 2025):
        for quarter in (1, 2, 3, 4):
            PeriodFactory(plan=cast.plan, quarter_text=f"{year}Q{quarter}", closed=True)
    page = enter("coordinator", width=390)
    page.goto("/matrix/")
    place = page.evaluate(
        """() => {
          const box = document.querySelector(".matrix-box").getBoundingClientRect();
          const heads = [...document.querySelectorAll("thead .matrix-quarter")];
          const last = heads[heads.length - 1].getBoundingClientRect();
          return [box.left <= last.left && last.right <= box.right + 1,
                  new Set(heads.map((head) => Math.round(head.offsetWidth))).size];
        }"""
    )
    assert place == [True, 1]


def test_a_form_is_as_wide_as_text_is_read(cast: Cast, enter: Enter) -> None:
    page = enter("coordinator")
    for address in (f"/tasks/{cast.task.pk}/edit/", "/people/invite/"):
        page.goto(address)
        card = page.locator(".form-page form.card").bounding_box()
        assert card is not None
        assert card["width"] <= MEASURE
    page.goto(f"/tasks/{cast.task.pk}/edit/")
    number = page.locator("[name=number]").bounding_box()
    assert number is not None
    assert number["width"] <= 12 * 14


# What ECharts draws: where each name stands, and the points of each line.
DRAWN = """() => {
  const chart = window.echarts.getInstanceByDom(document.querySelector(".chart-canvas"));
  const all = chart.getZr().storage.getDisplayList(true);
  const names = all.filter((part) => part.style && part.style.text).map((part) => {
    const box = part.getBoundingRect().clone();
    if (part.transform) box.applyTransform(part.transform);
    return { text: part.style.text, left: box.x, right: box.x + box.width,
             top: box.y, bottom: box.y + box.height };
  });
  const lines = all.filter((part) => part.type === "ec-polyline").map((part) => {
    const points = Array.from(part.shape.points);
    return points.filter((_, at) => at % 2 === 0).map((x, at) => [x, points[2 * at + 1]]);
  });
  return { names, lines };
}"""


def crossed(name: dict[str, Any], line: list[list[float]]) -> bool:
    """Whether the line runs through the name, by points close to each other."""
    for (xa, ya), (xb, yb) in pairwise(line):
        for step in range(101):
            x, y = xa + (xb - xa) * step / 100, ya + (yb - ya) * step / 100
            if name["left"] < x < name["right"] and name["top"] < y < name["bottom"]:
                return True
    return False


def test_no_line_of_a_chart_runs_through_a_name(charts_address: str, enter: Enter) -> None:
    page = enter()
    page.goto(charts_address)
    settled(page)
    drawn = page.evaluate(DRAWN)
    names = [name for name in drawn["names"] if name["text"] in {"序时", "重庆市", "监测值"}]
    assert len(names) == 3
    assert len(drawn["lines"]) == 2
    assert not [
        (n["text"], i) for n in names for i, o in enumerate(drawn["lines"]) if crossed(n, o)
    ]


def test_a_task_and_a_unit_are_printed_upright(cast: Cast, enter: Enter) -> None:
    page = enter("coordinator")
    for address in (f"/tasks/{cast.task.pk}/", f"/units/{cast.chongqing.unit_id}/"):
        page.goto(address)
        boxes = re.findall(
            rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)", page.pdf(prefer_css_page_size=True)
        )
        assert boxes
        assert all(float(width) < float(height) for width, height in boxes)


def test_a_box_to_tick_is_seen(cast: Cast, enter: Enter) -> None:
    UnitFactory()
    page = enter("coordinator")
    page.goto("/assignments/")
    seen = page.evaluate(
        """() => {
          const box = document.querySelector(".form-check-input:not(:checked)")
            || document.body.appendChild(Object.assign(document.createElement("input"),
              { type: "checkbox", className: "form-check-input" }));
          const probe = document.body.appendChild(document.createElement("i"));
          probe.className = "small"; // in the ink that is asked for
          return [getComputedStyle(box).borderTopColor, getComputedStyle(probe).color];
        }"""
    )
    assert seen[0] == seen[1]
