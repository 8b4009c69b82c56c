"""A report beside the one before it, with what is new marked."""

import re
from dataclasses import dataclass

from tasks import policy
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services.entry import ROWS, TEXTS, label_of, words_of
from units.models import User

ENDS = "，,。；;：:！!？?"
CLAUSE = re.compile(rf"[^{ENDS}\n]+[{ENDS}\n]*|[{ENDS}\n]+")


@dataclass(frozen=True)
class Part:
    """A clause, and whether the report before did not have it."""

    text: str
    is_new: bool


@dataclass(frozen=True)
class Row:
    """One field of both reports, in words."""

    name: str
    label: str
    before: str
    after: str
    parts: list[Part]

    @property
    def is_same(self) -> bool:
        return bool(self.after) and self.before == self.after

    @property
    def is_rewritten(self) -> bool:
        """Not a clause of a text stood in the report before: a word says so, in place of marks."""
        if self.name not in TEXTS:
            return False
        said = [part for part in self.parts if _bare(part.text)]
        return bool(self.before) and bool(said) and all(part.is_new for part in said)


@dataclass(frozen=True)
class Comparison:
    """`before` is the latest report handed in earlier; None where there is none."""

    report: ProgressReport
    before: ProgressReport | None
    rows: list[Row]

    @property
    def points(self) -> int | None:
        """By how many points the percent rose; None where one of the two is missing."""
        if self.before is None or self.before.percent is None or self.report.percent is None:
            return None
        return self.report.percent - self.before.percent

    @property
    def points_down(self) -> int:
        """By how many points the percent fell; 0 where it did not."""
        return max(0, -(self.points or 0))


def report_before(user: User, side: Responsibility, period: Period) -> ProgressReport | None:
    """The latest earlier report of this side that was handed in and that the person may see."""
    return (
        ProgressReport.objects.reported()
        .before(period)
        .filter(responsibility=side, pk__in=policy.scope(user, "report.view"))
        .select_related("period")
        .newest_first()
        .first()
    )


def compare(user: User, report: ProgressReport) -> Comparison:
    before = report_before(user, report.responsibility, report.period)
    return Comparison(report, before, [_row(name, report, before) for name in ROWS])


def _row(name: str, report: ProgressReport, before: ProgressReport | None) -> Row:
    old, new = words_of(before, name), words_of(report, name)
    parts = mark(old, new) if old else [Part(new, is_new=False)]
    return Row(name, label_of(name), old, new, parts)


def mark(old: str, new: str) -> list[Part]:
    """The clauses of `new`; those that `old` does not have are marked."""
    known = {_bare(clause) for clause in CLAUSE.findall(old)}
    return [
        Part(clause, is_new=bool(_bare(clause)) and _bare(clause) not in known)
        for clause in CLAUSE.findall(new)
    ]


def _bare(clause: str) -> str:
    return clause.strip(f" \n\t{ENDS}")
