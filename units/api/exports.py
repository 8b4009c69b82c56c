"""A list of the API as a workbook: its filters, its order, and the columns that are asked for."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as ModelError
from django.db.models import Model
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from tracker.lib.api.errors import Conflict
from tracker.lib.api.views import Strict
from tracker.lib.excel import XLSX
from tracker.lib.lists import PARAMETER, Head, ListOf, names_in, words_of
from units.models import User
from units.services import columns
from units.services.exports import Export, Part, part_of
from units.views.exports import as_file
from units.web import person

M = TypeVar("M", bound=Model)
COLUMNS = OpenApiParameter(
    PARAMETER,
    OpenApiTypes.STR,
    description=_("列名，以逗号隔开，按此顺序；不填为本人在网页上选择的列"),
)
ANSWERS: dict[Any, Any] = {(200, XLSX): OpenApiTypes.BINARY, 409: None}
PAGES = ("page", "page_size")


def heads_asked(request: Request, of: ListOf, user: User) -> list[Head]:
    """The columns of the call, else the person's own. Raises ValidationError for unknown ones."""
    names = names_in(request.query_params.get(PARAMETER, ""))
    try:
        return of.picked(user, names) if names else columns.chosen_by(user, of)
    except ModelError as error:
        raise ValidationError({PARAMETER: error.messages}) from error


class Exports(Strict[M], GenericViewSet[M]):
    """Adds `export/` to a list. `exported` says which, `told` what its columns read."""

    exported: ListOf

    def known_parameters(self) -> list[str]:
        """Of the export: the filters and the columns."""
        if getattr(self, "action", "") != "export":
            return super().known_parameters()
        return [*(n for n in self.list_parameters() if n not in PAGES), PARAMETER]

    def exported_part(self, found: Any, heads: Sequence[Head]) -> Part:
        """The rows for these columns; `told` says what they are made of."""
        return part_of(found, self.told)

    def told(self, some: list[Any]) -> Iterable[Any]:
        """What the columns read of some rows, in a constant number of queries."""
        return some

    @extend_schema(
        responses=ANSWERS,
        parameters=[COLUMNS],
        summary=_("导出Excel"),
        description=_("符合条件的全部行；列与网页上的相同，可用 columns 另选。每次导出都有记录。"),
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request) -> HttpResponseBase:
        """The same rows as a workbook; each taking is on record."""
        user = person(request)
        heads = heads_asked(request, self.exported, user)

        def make() -> Export:
            found: Any = self.filter_queryset(self.get_queryset())
            part = self.exported_part(found, heads)
            return Export(self.exported, heads, [part], self._in_words(request))

        try:
            return as_file(make, by=user, taken=request.method == "GET")
        except ModelError as error:
            raise Conflict(error.messages[0]) from error

    def _in_words(self, request: Request) -> str:
        kind: Any = getattr(self, "filterset_class", None)
        if kind is None:
            return ""
        form = kind(request.query_params, self.get_queryset(), request=request).form
        form.is_valid()
        return words_of(form)
