"""The search: its page, and the first hits beneath the box in the frame."""

from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks.services.search import Group, Hit, Kind, hit_of, search
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.search import LONGEST, MOST, words_of
from tracker.lib.text import clean_text
from units.models import User
from units.web import person

ROWS = 10
ROWS_AT_ONCE = 4


@dataclass(frozen=True)
class Asked:
    """What the address asks for; `errors` say what is wrong with it."""

    text: str
    kind: Kind | None
    errors: list[str] = field(default_factory=list)

    @cached_property
    def words(self) -> list[str]:
        return [] if self.errors else words_of(self.text)


def asked(query: QueryDict) -> Asked:
    """`?q=` are the words, `&kind=` one kind of rows."""
    text, kind = clean_text(query.get("q", "")), query.get("kind", "")
    errors = []
    if len(text) > LONGEST:
        errors.append(_("搜索词最多%(most)s个字，请缩短。") % {"most": LONGEST})
        text = text[:LONGEST]
    if kind and kind not in Kind.values:
        errors.append(
            _("没有“%(kind)s”这类内容，请从列表中选择。") % {"kind": clean_text(kind)[:50]}
        )
    return Asked(text, Kind(kind) if kind in Kind.values else None, errors)


@dataclass(frozen=True)
class ShownGroup:
    """A group with what is shown of its rows."""

    group: Group
    hits: list[Hit]


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The hits by kind. htmx, for the box in the frame, gets the first few of each."""
    user, question = person(request), asked(request.GET)
    at_once = request.headers.get("HX-Target") == "top-hits"
    context = {
        "asked": question,
        "words": question.words,
        "groups": found(user, question, at_once=at_once),
        "kinds": Kind,
        "most": MOST,
    }
    part = "tasks/_search_hits.html" if at_once else "tasks/_search.html"
    return render_page_or_part(request, "tasks/search.html", part, context)


def found(user: User, question: Asked, *, at_once: bool) -> list[ShownGroup]:
    """What the page lists: one kind as far as it is counted, or the first of each."""
    today, words = workdays.today(), question.words
    kinds = [question.kind] if question.kind else list(Kind)
    limit = ROWS_AT_ONCE if at_once else MOST if question.kind else ROWS
    groups = search(user, words, limit=limit, kinds=kinds)
    return [
        ShownGroup(group, [hit_of(group.kind, row, words, today) for row in group.rows])
        for group in groups
    ]
