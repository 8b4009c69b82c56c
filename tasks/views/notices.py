"""The person's own notices."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks import policy
from tasks.columns import NOTICE_LIST
from tasks.models import Notice
from tasks.reminders.rules import sentence
from tasks.services import inbox
from tracker.lib import workdays
from tracker.lib.pages import page_of
from tracker.lib.text import whole_number
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

ALL = "all"


class NoticeRow(NamedTuple):
    """A notice with what it says."""

    notice: Notice
    sentence: str


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The list; POST marks one (`notice`) or all as read."""
    told = inbox.notices_of(person(request))
    if request.method == "POST":
        chosen = request.POST.get("notice", "")
        if chosen == ALL:
            number = inbox.mark_read(told.filter(settled=False), now=workdays.now())
            messages.success(request, _("已将%(number)s条提醒标为已读。") % {"number": number})
        elif (one := whole_number(chosen)) is not None:
            inbox.mark_read(told.filter(pk=one), now=workdays.now())
        return redirect(request.get_full_path())
    page = page_of(told, request)
    rows = rows_of(page.object_list)
    unread = inbox.notices_of(person(request)).unread().count()
    context = {
        "page": page,
        "rows": rows,
        **columns_of(request, NOTICE_LIST),
        "unread": unread,
        "keeps_robots": policy.keeps_robots(request.user),
        "previews": policy.previews(request.user),
    }
    return render(request, "tasks/notices.html", context)


def rows_of(notices: Iterable[Notice]) -> list[NoticeRow]:
    """The notices with what they say."""
    return [NoticeRow(notice, sentence(notice)) for notice in notices]


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        user = person(request)
        heads, told = picked(request, NOTICE_LIST, user), inbox.notices_of(user)
        return Export(NOTICE_LIST, heads, [part_of(told, rows_of)])

    return exports.excel(request, NOTICE_LIST, make)
