"""目标台账: what each plan promised to reach, whether it is reached, and from what."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from reports.books.parts import PlanPart, Table, fill_parts
from reports.books.rows import TargetRow
from reports.books.status import TARGETS
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tracker.lib.columns import Book, Filled

BOOK = Book(BookKey.TARGETS, _("目标台账"), (TARGETS,))


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the sheets: a part for each plan. Targets are open to everyone who is logged in."""
    return fill_parts(BOOK, contents, maker, sight, paper, _tables)


def _tables(part: PlanPart) -> list[Table]:
    return [Table(TARGETS, target_rows(part.content))]


def target_rows(content: PlanQuarter) -> list[TargetRow]:
    """Return every target of the plan, in its order."""
    return [TargetRow(target, None, content.attainments[target.pk]) for target in content.targets]
