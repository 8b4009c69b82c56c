"""常用视图: a person's own names for the filters of a list."""

from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import SavedView
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

# The lists whose filters can be kept, by the name of their address.
PAGES = ("tasks:overdue", "tasks:list")
MOST = 20
MAX_NAME = 30
MAX_QUERY = 1000
LEFT_OUT = ("page",)


def of(user: User, page: str) -> list[SavedView]:
    """The person's views of the list, by name."""
    rows = policy.scope(user, "saved_view.keep")
    return list(rows.filter(page=page).order_by("name"))


def tidy(query: str) -> str:
    """The filters that are set, without the page."""
    pairs = parse_qsl(query, keep_blank_values=False)
    return urlencode([(name, value) for name, value in pairs if name not in LEFT_OUT])


@transaction.atomic
def save(page: str, name: str, query: str, *, by: User) -> SavedView:
    """Keep the filters under the name; the same name takes the new ones."""
    if page not in PAGES:
        raise ValidationError({"page": _("这一页的筛选条件不能保存。")})
    name, query = _name(name), tidy(query)
    _one_at_a_time(by)
    if len(query) > MAX_QUERY:
        raise ValidationError({"query": _("筛选条件过长，不能保存，请减少条件。")})
    rows = SavedView.objects.filter(person=by, page=page)
    known = {row.name: row for row in rows}
    if name not in known and len(known) >= MOST:
        raise ValidationError(_("常用视图最多%(most)d个，请先删除不用的。") % {"most": MOST})
    row = known.get(name) or SavedView(person=by, page=page, name=name)
    row.query = query
    row.save()
    audit.record("saved_view.save", row, by=by, after={"page": page, "query": query})
    return row


@transaction.atomic
def rename(view: SavedView, name: str, *, by: User) -> SavedView:
    """Give another name; ValidationError where there is a view of that name."""
    row = _own(view, by)
    before, row.name = row.name, _name(name)
    row.full_clean()
    row.save(update_fields=["name"])
    audit.record("saved_view.rename", row, by=by, before={"name": before}, after={"name": row.name})
    return row


@transaction.atomic
def delete(view: SavedView, *, by: User) -> None:
    """Forget the name; nothing else goes."""
    row = _own(view, by)
    audit.record("saved_view.delete", row, by=by, before={"page": row.page, "query": row.query})
    row.delete()


def _one_at_a_time(by: User) -> None:
    """Of two of a person's changes the second finds what the first has left."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)


def _own(view: SavedView, by: User) -> SavedView:
    _one_at_a_time(by)
    row = SavedView.objects.filter(pk=view.pk).first()
    if row is None:
        raise ValidationError(_("这个常用视图已经删除。"))
    if not policy.can(by, "saved_view.keep", row):
        raise PermissionDenied
    return row


def _name(text: str) -> str:
    name = clean_text(text)
    if not name:
        raise ValidationError({"name": _("请填写视图名称。")})
    if len(name) > MAX_NAME:
        raise ValidationError({"name": _("名称最多%(most)d字。") % {"most": MAX_NAME}})
    return name
