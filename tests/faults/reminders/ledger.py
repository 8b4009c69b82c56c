"""The figures of a fault, one line each, as `make faults` prints them."""

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path

FIGURES: list["Figures"] = []


@dataclass(frozen=True)
class Figures:
    """What one kind of fault did to the mails that were owed.

    `doubled_ids` counts mails that the server took once more under the same Message-ID;
    `in_flight` how many were in flight at a fault, and may therefore be among these.
    """

    fault: str
    injected: int
    owed: int
    delivered: int
    lost: int
    doubled_rows: int
    doubled_ids: int
    in_flight: int
    dead: int
    resent: int
    seconds: float


def keep(figures: Figures) -> Figures:
    """For the table; also into FAULTS_FILE, if there is one."""
    FIGURES.append(figures)
    if place := os.environ.get("FAULTS_FILE"):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write("\t".join(_words(figures)) + "\n")
    return figures


def table() -> list[str]:
    """All that was kept, under its heads."""
    heads = [field.name.replace("_", " ") for field in dataclasses.fields(Figures)]
    rows = [heads, *map(_words, FIGURES)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    return ["  ".join(w.ljust(n) for w, n in zip(row, widths, strict=True)) for row in rows]


def _words(figures: Figures) -> list[str]:
    return [f"{v:.0f}" if isinstance(v, float) else str(v) for v in dataclasses.astuple(figures)]
