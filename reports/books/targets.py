"""目标指标表: what each plan promised to reach, whether it is reached, and from what."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from reports.books import words
from reports.books.quarterly import part_of
from reports.books.rows import TargetRow
from reports.books.status import TARGETS
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tracker.lib.columns import Book, Filled

BOOK = Book(BookKey.TARGETS, _("目标指标表"), (TARGETS,))


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the sheets: a part for each plan. Targets are open to everyone who is logged in."""
    return [
        filled
        for content in contents
        for filled in part_of(
            content,
            [(TARGETS, target_rows(content))],
            title=str(BOOK.title),
            maker=maker,
            paper=paper,
            tab_mark=words.plan_mark(content, len(contents)),
        )
    ]


def target_rows(content: PlanQuarter) -> list[TargetRow]:
    """Return every target of the plan, in its order."""
    return [TargetRow(target, None, content.attainments[target.pk]) for target in content.targets]
