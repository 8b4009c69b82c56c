"""Pages of a web list."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    AnyPage = Page[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyPage, AnyPaginator = Page, Paginator


class NearPage(AnyPage):
    """A page that knows the numbers around it, for components/pager.html."""

    @property
    def near(self) -> Iterable[int | str]:
        return self.paginator.get_elided_page_range(self.number, on_each_side=2, on_ends=1)


class NearPaginator(AnyPaginator):
    def _get_page(self, *args: Any, **kwargs: Any) -> NearPage:
        return NearPage(*args, **kwargs)


def page_of(rows: Any, request: HttpRequest, per_page: int = PER_PAGE) -> NearPage:
    """The page that `?page=` names; the first or last where it names none that exists."""
    page = NearPaginator(rows, per_page).get_page(request.GET.get("page"))
    assert isinstance(page, NearPage)  # noqa: S101 - narrows the type
    return page
