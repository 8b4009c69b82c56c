"""A list's workbook as an answer: for the page, and for programs."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from tracker.lib import workdays
from tracker.lib.excel import XLSX
from tracker.lib.lists import ListOf
from tracker.lib.snapshot import one_moment
from units.models import User
from units.services import exports
from units.services.exports import Export
from units.views.columns import query_of
from units.web import person


def excel(request: HttpRequest, of: ListOf, make: Callable[[], Export]) -> HttpResponse:
    """The workbook; where there is none, back to the list with the sentence.

    `make` may raise ValidationError: for filters or columns that are wrong.
    """
    try:
        return as_file(make, by=person(request), taken=request.method == "GET")
    except ValidationError as error:
        return back(request, of, error.messages[0])


def back(request: HttpRequest, of: ListOf, sentence: str) -> HttpResponse:
    """The list with its filters, and what is wrong."""
    messages.error(request, sentence)
    query = query_of(request)
    return redirect(f"{reverse(of.page)}?{query}" if query else reverse(of.page))


def as_file(make: Callable[[], Export], *, by: User, taken: bool = True) -> HttpResponse:
    """The workbook as a download; on record where it is taken.

    Raises ValidationError as `make` does, and for too many rows.
    """
    now = workdays.now()
    with one_moment():
        export = make()
        content = exports.write(export, by=by, now=now)
    if taken:
        exports.record_export(export, by=by)
    answer = HttpResponse(content, content_type=XLSX)
    name = export.file_name(now.date())
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "private, no-store"
    return answer
