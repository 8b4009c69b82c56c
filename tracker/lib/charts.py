"""Charts as data: what the page draws, and the same figures as a table beneath.

A view makes a `Chart`, the template shows it by `{% load ui %}{% chart chart %}`. Nothing else is
needed: the frame loads what draws it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Kind = Literal["line", "bar", "stacked"]
# Lights lend their colours only to what is a light; what is none is drawn in ink.
Tone = Literal[
    "ink", "ink-2", "ink-3", "line-2", "accent", "grey", "red", "yellow", "green", "blue"
]  # fmt: skip
NOTHING = "—"


@dataclass(frozen=True)
class Series:
    """One line, or one colour of bars. A value that is not there is None, never 0."""

    name: Text
    values: tuple[float | None, ...]
    tone: Tone = "accent"
    dashed: bool = False  # a line that is a plan or a guess
    points_only: bool = False  # measured values that no line may join
    hollow: bool = False  # bars that are outlined: of the same colour as others, and not the same


@dataclass(frozen=True)
class Chart:
    """Series over the same categories. Bars begin at zero; `maximum` ends the axis (100 for %)."""

    kind: Kind
    title: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    unit: Text = ""
    note: Text = ""
    maximum: float | None = None
    lying: bool = False  # bars from left to right: for names that are long
    head: Text = ""  # over the categories in the table: 季度, 单位

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.categories):
                raise ValueError(f"{series.name}: {len(series.values)} values")

    @property
    def is_empty(self) -> bool:
        """Whether there is no value at all."""
        return all(value is None for series in self.series for value in series.values)

    @property
    def data(self) -> dict[str, Any]:
        """What tracker/static/js/charts.js draws."""
        return {
            "kind": self.kind,
            "categories": [str(name) for name in self.categories],
            "unit": str(self.unit),
            "maximum": self.maximum,
            "lying": self.lying,
            "series": [
                {
                    "name": str(series.name),
                    "values": list(series.values),
                    "tone": series.tone,
                    "dashed": series.dashed,
                    "pointsOnly": series.points_only,
                    "hollow": series.hollow,
                }
                for series in self.series
            ],
        }

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """The table's rows: a category and its figure of each series."""
        for at, name in enumerate(self.categories):
            yield str(name), [_shown(series.values[at]) for series in self.series]


def _shown(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:,.12g}"
