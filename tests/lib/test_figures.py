"""Percents as Excel rounds them."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from tracker.lib.figures import percent_of


@pytest.mark.parametrize(
    ("part", "base", "percent"),
    [
        (1, 8, 13),
        (3, 8, 38),
        (1, 3, 33),
        (2, 3, 67),
        (1, 200, 1),
        (0, 5, 0),
        (5, 5, 100),
        (0, 0, 0),
    ],
)
def test_a_half_is_rounded_up(part: int, base: int, percent: int) -> None:
    assert percent_of(part, base) == percent


def test_every_small_share_is_as_decimal_arithmetic_has_it() -> None:
    for base in range(1, 120):
        for part in range(base + 1):
            exact = Decimal(100 * part) / Decimal(base)
            assert percent_of(part, base) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
