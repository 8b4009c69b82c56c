"""Usual short forms of bodies, 发改委 for 发展改革委, as `fixtures/unit-words.csv` lists them."""

import csv
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings

FILE = settings.BASE_DIR / "fixtures" / "unit-words.csv"


@lru_cache(maxsize=1)
def alike() -> tuple[tuple[str, ...], ...]:
    """Words of the same body, a tuple each; none where the table is absent."""
    if not FILE.exists():
        return ()
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(tuple(filter(None, row)) for row in csv.reader(file))


def otherwise(name: str) -> Iterator[str]:
    """The name with its last word in each of that word's other forms."""
    for words in alike():
        ending = max((word for word in words if name.endswith(word)), key=len, default="")
        if ending:
            stem = name.removesuffix(ending)
            yield from (stem + word for word in words if word != ending)
