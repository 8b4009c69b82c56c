"""Native charts of a sheet: plain bars from 0 in the colours of what they count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import Title, title_maker
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

from tracker.lib.columns import Bars
from tracker.lib.excel import styles
from tracker.lib.excel.clean import clean_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WIDTH: Final = 46.0  # of the column in which charts stand
PIXEL: Final = 9525  # in the units of drawings
EDGE: Final = 6 * PIXEL
DOWN: Final = 34 * PIXEL  # within the last row
REACH: Final = int(WIDTH * 7 - 6) * PIXEL
TITLE_SIZE, LABEL_SIZE = 1200, 1000  # hundredths of a point
GAP: Final = 45  # between two bars, in percent of one


def placed(bars: Bars, top: int) -> Bars:
    """Return the same counted in rows of the sheet; `top` is that of the table's first."""
    return replace(
        bars,
        title=clean_text(bars.title),
        first=top + bars.first,
        last=top + bars.last,
        since=top + bars.since - 1,
        until=top + bars.until - 1,
        colours=tuple(bars.colours),
    )


def add(page: Worksheet, bars: Bars, *, column: int) -> None:
    """Set the chart, counted in rows of the sheet, into the column."""
    chart: Any = BarChart()
    chart.type, chart.style, chart.gapWidth, chart.legend = "bar", 10, GAP, None
    chart.title = _title(bars.title)
    first, last = bars.first, bars.last
    values = Reference(page, min_col=bars.value + 1, min_row=first, max_row=last)
    chart.add_data(values, titles_from_data=False)
    chart.set_categories(Reference(page, min_col=bars.label + 1, min_row=first, max_row=last))
    series = chart.series[0]
    series.dPt = [_point(place, colour) for place, colour in enumerate(bars.colours)]
    series.dLbls = _labels()
    _plain_axes(chart)
    start = AnchorMarker(col=column - 1, colOff=EDGE, row=bars.since, rowOff=EDGE)
    end = AnchorMarker(col=column - 1, colOff=REACH, row=bars.until, rowOff=DOWN)
    chart.anchor = TwoCellAnchor(editAs="oneCell", _from=start, to=end)
    page.add_chart(chart)


def _plain_axes(chart: Any) -> None:
    """From 0, the first row on top, no grid and no figures but the bars' own."""
    chart.y_axis.scaling.min, chart.y_axis.majorGridlines, chart.y_axis.delete = 0, None, True
    chart.x_axis.scaling.orientation, chart.x_axis.delete = "maxMin", False
    chart.x_axis.majorTickMark = "none"
    chart.x_axis.txPr = _face(LABEL_SIZE)
    line = LineProperties(solidFill=styles.LINE)
    chart.x_axis.spPr = GraphicalProperties(ln=line)
    chart.graphical_properties = GraphicalProperties(ln=line)
    chart.roundedCorners = False


def _point(place: int, colour: str) -> DataPoint:
    fill = GraphicalProperties(solidFill=colour.lstrip("#"))
    fill.line.noFill = True
    return DataPoint(idx=place, invertIfNegative=False, spPr=fill)


def _labels() -> DataLabelList:
    """The number at the end of each bar."""
    labels = DataLabelList()
    labels.showVal, labels.position, labels.txPr = True, "outEnd", _face(LABEL_SIZE)
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    return labels


def _title(text: str) -> Title:
    title: Any = title_maker(text)
    title.overlay = False
    for paragraph in title.tx.rich.p:
        paragraph.pPr = ParagraphProperties(defRPr=_letters(TITLE_SIZE))
        for run in paragraph.r:
            run.rPr = _letters(TITLE_SIZE)
    return cast(Title, title)


def _face(size: int) -> RichText:
    letters = ParagraphProperties(defRPr=_letters(size))
    return RichText(p=[Paragraph(pPr=letters, endParaRPr=_letters(size))])


def _letters(size: int) -> CharacterProperties:
    return CharacterProperties(
        sz=size, b=False, solidFill=styles.INK, ea=Font(typeface=styles.HEAD_FACE)
    )
