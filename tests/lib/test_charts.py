"""A chart says the same in its picture's data and in its table."""

import json
from typing import Any

import pytest
from django.template import Context, Template
from lxml import html

from tracker.lib.charts import Chart, Series


def chart(**changes: Any) -> Chart:
    fields: dict[str, Any] = {
        "kind": "line",
        "title": "完成进度",
        "categories": ("2026Q1", "2026Q2", "2026Q3"),
        "series": (
            Series("序时", (25, 50.5, 1234), tone="grey", dashed=True),
            Series("</script><b>重庆", (None, 40, 0)),
        ),
        "unit": "%",
    }
    return Chart(**(fields | changes))


def shown(chart: Chart) -> html.HtmlElement:
    page = Template("{% load ui %}{% chart chart %}").render(Context({"chart": chart}))
    return html.fromstring(page)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_picture_and_table_have_the_same_figures() -> None:
    page = shown(chart())
    data = json.loads(page.find('.//script[@type="application/json"]').text)
    assert [series["values"] for series in data["series"]] == [[25, 50.5, 1234], [None, 40, 0]]
    rows = [[words(cell) for cell in row] for row in page.findall(".//tbody/tr")]
    assert rows == [["2026Q1", "25", "—"], ["2026Q2", "50.5", "40"], ["2026Q3", "1,234", "0"]]
    assert [words(head) for head in page.findall(".//thead//th")[1:]] == [
        "序时",
        "</script><b>重庆",
    ]
    assert page.find(".//b") is None


def test_the_table_is_open_where_nothing_draws() -> None:
    page = shown(chart())
    assert "open" in page.find(".//details").attrib
    assert "hidden" in page.find('.//div[@role="img"]').attrib


def test_no_value_at_all_says_so() -> None:
    page = shown(chart(series=(Series("重庆", (None, None, None)),)))
    assert "还没有数据。" in words(page)
    assert page.find(".//script") is None


def test_a_series_as_long_as_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="重庆: 2 values"):
        chart(series=(Series("重庆", (1, 2)),))
