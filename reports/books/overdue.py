"""逾期和未报清单: what is late and who has not reported, for a meeting or a 通报."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from reports.books import words
from reports.books.quarterly import MISSING, OVERDUE, PlanPart, part_of
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tracker.lib.columns import Book, Filled

BOOK = Book(BookKey.OVERDUE, _("逾期和未报清单"), (OVERDUE, MISSING))


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the sheets: a part for each plan."""
    parts = [PlanPart(content, sight) for content in contents]
    return [
        filled
        for part in parts
        for filled in part_of(
            part.content,
            [(OVERDUE, part.overdue()), (MISSING, part.missing())],
            title=str(BOOK.title),
            maker=maker,
            paper=paper,
            tab_mark=words.plan_mark(part.content, len(parts)),
        )
    ]
