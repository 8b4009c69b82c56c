"""Pages of the API."""

from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

LARGEST = 10_000_000  # beyond this no page is; keeps the offset within the database's range


class Pages(PageNumberPagination):
    """`?page=2&page_size=100`, at most 200 rows a page; a page out of bounds is the nearest."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    page: "Page[Any]"

    def get_page_size(self, request: Request) -> int:
        """Return the size asked for, within 1 and 200."""
        size = self._whole_number(request, "page_size", self.page_size)
        return min(max(size, 1), self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        """Return the number asked for, within the first and the last page."""
        last: int = paginator.num_pages
        return min(max(self._whole_number(request, "page", 1), 1), last)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the rows with what is needed to go on."""
        return Response(
            {
                "count": self.page.paginator.count,
                "page": self.page.number,
                "pages": self.page.paginator.num_pages,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of `get_paginated_response`."""
        described = super().get_paginated_response_schema(schema)
        whole = {"type": "integer", "minimum": 1}
        described["properties"] |= {"page": whole, "pages": whole}
        described["required"] = ["count", "page", "pages", "results"]
        return described

    def _whole_number(self, request: Request, name: str, default: int) -> int:
        text = request.query_params.get(name, "")
        if not text:
            return default
        sign, digits = text[:1], text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError({name: [_("“%(text)s”不是整数。") % {"text": text[:50]}]})
        if sign == "-":
            return 0
        return int(digits) if len(digits) < 9 else LARGEST
