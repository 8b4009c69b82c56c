"""The one-page brief of a side in a quarter: 总体, 滞后, 需协调, 建议."""

from tasks.services.brief.advice import advise
from tasks.services.brief.choosing import Chosen, choose
from tasks.services.brief.making import Brief, make
from tasks.services.brief.notes import MOST_LINES, history, lines_of, write
from tasks.services.brief.rows import LATE_KINDS, Ask, Line, SideFigures

__all__ = [
    "LATE_KINDS",
    "MOST_LINES",
    "Ask",
    "Brief",
    "Chosen",
    "Line",
    "SideFigures",
    "advise",
    "choose",
    "history",
    "lines_of",
    "make",
    "write",
]
