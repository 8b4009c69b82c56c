"""The list of what is late as a workbook: the kind on the screen, or each kind on a sheet."""

import tempfile
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks.documents import late as workbook
from tasks.services.late import TASK_KINDS, LateKind
from tasks.views.overdue import Listing, late_rows, saved_query
from tracker.lib import workdays
from units.services import audit

MOST_ROWS: Final = 5000  # in a workbook that is made while one waits
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL: Final = "all"


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The rows of the list as a workbook: what the person sees, whole, and on record.

    `?all=1` takes every kind under the same filters, each on a sheet of its own.
    """
    query = request.GET.copy()
    whole = query.pop(ALL, None) == ["1"]
    found = _listings(request, query, whole=whole)
    first = found[0]
    number = sum(one.chosen.count() for one in found) if first.bar.valid else 0
    if not first.bar.valid or number > MOST_ROWS:
        words = {"most": MOST_ROWS, "number": number}
        too_many = _("共%(number)d行，超过%(most)d行，请加筛选条件后再导出。") % words
        messages.error(request, too_many if number else _("筛选条件有误，请更正后再导出。"))
        return redirect(f"{reverse('tasks:overdue')}?{query.urlencode()}")
    content = _content(found)
    kind = ALL if whole else first.kind.value
    after = {"kind": kind, "query": saved_query(request), "rows": number}
    audit.record("overdue.export", None, by=first.user, after=after)
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(True, _file_name(first, whole=whole)) or ""
    )
    return answer


def _listings(request: HttpRequest, query: QueryDict, *, whole: bool) -> list[Listing]:
    """One for each sheet."""
    first = Listing(request, query)
    if not whole or not first.bar.valid:
        return [first]
    found = []
    for kind in (*TASK_KINDS, *first.others):
        one = Listing(request, query)
        one.kind = kind
        found.append(one)
    return found


def _content(found: list[Listing]) -> bytes:
    first = found[0]
    sheets: list[tuple[LateKind, list[Any]]] = [
        (one.kind, late_rows(one.user, one.kind, list(one.chosen), one.today)) for one in found
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "late.xlsx"
        workbook.write(path, sheets, whose=first.bar.counted, now=workdays.now(), by=first.user)
        return path.read_bytes()


def _file_name(first: Listing, *, whole: bool) -> str:
    kind = _("超期") if whole else first.kind.label
    return _("%(kind)s清单%(day)s.xlsx") % {"kind": kind, "day": first.today}
