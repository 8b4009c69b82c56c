"""The list of what is late as a workbook: the kind on the screen, or each kind on a sheet."""

from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import columns
from tasks.services.late import TASK_KINDS, LateKind
from tasks.views.overdue import Listing, heads_of, late_rows
from tracker.lib.lists import Head
from units.services.exports import Export, Part, part_of
from units.views import exports
from units.views.columns import picked

ALL: Final = "all"


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The rows of the list as a workbook: what the person sees, whole, and on record.

    `?all=1` takes every kind under the same filters, each on a sheet of its own.
    """

    def make() -> Export:
        query = request.GET.copy()
        whole = query.pop(ALL, None) == ["1"]
        first = Listing(request, query)
        if not first.bar.valid:
            raise ValidationError(_("筛选条件有误，请更正后再导出。"))
        heads = picked(request, columns.LATE_LIST, first.user)
        kinds = [*TASK_KINDS, *first.others] if whole else [first.kind]
        kind = _("超期") if whole else str(first.kind.label)
        return Export(
            columns.LATE_LIST,
            heads,
            [_part(first.of(one), heads) for one in kinds],
            first.in_words(),
            title=_("%(kind)s清单") % {"kind": kind},
            told={"kind": ALL if whole else first.kind.value},
        )

    return exports.excel(request, columns.LATE_LIST, make)


def _part(one: Listing, heads: Iterable[Head]) -> Part:
    kind: LateKind = one.kind
    return part_of(
        one.chosen,
        lambda some: late_rows(one.user, kind, some, one.today),
        title=_("%(kind)s清单") % {"kind": kind.label},
        tab=str(kind.label),
        heads=heads_of(kind, heads),
    )
