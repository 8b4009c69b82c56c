"""How much a brief names before it counts the rest: as much as its one page holds."""

from dataclasses import dataclass

MOST_SENTENCES = 8  # of suggestions, as many as an office may write
ALL = 10_000


@dataclass(frozen=True)
class Room:
    """Rows, names and lengths up to which the page tells everything."""

    late: int
    units: int  # named in a suggestion
    tasks: int
    sentences: int
    asks: int
    ask_length: int
    title_length: int


# The fullest that fits is taken; a page without a measure has the least.
ROOMS = (
    Room(ALL, ALL, ALL, MOST_SENTENCES, ALL, ALL, ALL),
    Room(24, 16, 24, MOST_SENTENCES, 12, 160, 60),
    Room(18, 10, 14, MOST_SENTENCES, 8, 100, 40),
    Room(14, 6, 10, 7, 6, 80, 34),
    Room(10, 4, 6, 6, 5, 70, 30),
)
LEAST = ROOMS[-1]
