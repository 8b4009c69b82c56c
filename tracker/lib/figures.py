"""Figures as a sheet would show them."""


def percent_of(part: int, base: int) -> int:
    """What whole percent `part` is of `base`, a half rounded up as Excel does; 0 of nothing."""
    return (200 * part + base) // (2 * base) if base else 0
