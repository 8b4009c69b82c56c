"""Which columns of a list a person sees: kept, found again, forgotten."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.lib.lists import LISTS, Head, ListOf
from units.models import ColumnChoice, User
from units.services import audit


def chosen_by(user: User, of: ListOf) -> list[Head]:
    """The person's columns of the list; the usual ones where none were chosen."""
    names = ColumnChoice.objects.filter(person=user, page=of.page).values_list("columns", flat=True)
    return of.known(user, names.first() or [])


@transaction.atomic
def choose(page: str, names: Sequence[str], *, by: User) -> ColumnChoice:
    """Keep the columns in this order. Raises ValidationError for none, and for unknown ones."""
    of = _list(page)
    if not names:
        raise ValidationError(_("请至少选一列。"))
    keys = [head.key for head in of.picked(by, names)]
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    row = ColumnChoice.objects.filter(person=by, page=page).first()
    before = row.columns if row else []
    row = row or ColumnChoice(person=by, page=page)
    row.columns = keys
    row.save()
    audit.record(
        "columns.choose",
        row,
        by=by,
        before={"page": page, "columns": before},
        after={"page": page, "columns": keys},
    )
    return row


@transaction.atomic
def forget(page: str, *, by: User) -> None:
    """Go back to the usual columns."""
    _list(page)
    row = ColumnChoice.objects.select_for_update().filter(person=by, page=page).first()
    if row is not None:
        audit.record("columns.forget", row, by=by, before={"page": page, "columns": row.columns})
        row.delete()


def _list(page: str) -> ListOf:
    found = LISTS.get(page)
    if found is None:
        raise ValidationError(_("这一页的列不能选择。"))
    return found
