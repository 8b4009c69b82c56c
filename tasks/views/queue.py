"""What waits for review, one after the other: read, approve, return with a reason."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from tasks.forms.reports import ReturnForm
from tasks.models import Observation, ProgressReport
from tracker.lib import workdays
from tracker.lib.text import whole_number
from units.web import person

Row = TypeVar("Row", ProgressReport, Observation)
NOT_READ = -1  # no row has this version


@dataclass(frozen=True)
class Judging:
    """The forms beneath what is reviewed: where they go, what was read, whose it is."""

    approve: str
    send_back: str
    version: int
    filer: object


def judging(row: Row, *, approve: str, send_back: str, filer: object) -> dict[str, Any]:
    """What tasks/_review_forms.html shows; `approve` and `send_back` are names of addresses."""
    yes, no = (reverse(name, args=[row.pk]) for name in (approve, send_back))
    form = ReturnForm(initial={"version": row.version}, auto_id="return_%s")
    return {"judging": Judging(yes, no, row.version, filer), "return_form": form}


@dataclass(frozen=True)
class Waiting(Generic[Row]):
    """What waits, where it is read, and for how many working days it has waited."""

    row: Row
    url: str
    workdays: int


class Queue(ABC, Generic[Row]):
    """A queue before one person. Kinds of it say what waits, how it is shown and judged."""

    page: str  # the name of its address
    key: str  # what the address calls the one that is shown
    template: str

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = person(request)
        self.asked: dict[str, Any] = {}  # to what the address narrows the queue

    @abstractmethod
    def rows(self) -> QuerySet[Row]:
        """What the person may judge now."""

    @abstractmethod
    def readable(self) -> QuerySet[Row]:
        """What the person may see, judged or not."""

    @abstractmethod
    def may_judge(self, row: Row) -> bool:
        """Whether it is the person's; of what waits no more the service says so instead."""

    @abstractmethod
    def context(self, row: Row) -> dict[str, Any]:
        """What is shown of the one under review, with its `judging`."""

    @abstractmethod
    def accept(self, row: Row) -> str:
        """Approve it as read; returns what to tell the person."""

    @abstractmethod
    def refuse(self, row: Row, reason: str) -> str:
        """Send it back; returns what to tell the person."""

    def around(self) -> dict[str, Any]:
        """What else the page shows, also of an empty queue."""
        return {}

    def waiting(self) -> QuerySet[Row]:
        """The rows, in the order in which they are to be read."""
        return self.rows().order_by("submitted_at", "pk")

    def address(self, pk: int | None = None) -> str:
        """The queue, as narrowed, at the row."""
        asked = self.asked if pk is None else {**self.asked, self.key: pk}
        page = reverse(self.page)
        return f"{page}?{urlencode(asked)}" if asked else page

    @property
    def narrowed(self) -> str:
        """What the queue is narrowed to, for the end of an address."""
        return f"?{urlencode(self.asked)}" if self.asked else ""

    def show(self) -> HttpResponse:
        """The queue, and of it the one that is asked for, or the first."""
        return self._page(self.request.GET.get(self.key, ""))

    def approve(self, pk: int) -> HttpResponse:
        """Approve and go on to the next."""
        row = self._read(pk)
        following = self._following(pk)
        try:
            said = self.accept(row)
        except ValidationError as error:
            return self._refused(error)
        return self._done(said, following)

    def send_back(self, pk: int) -> HttpResponse:
        """Send back with a reason and go on to the next."""
        row = self._read(pk)
        if not self.may_judge(row):  # before the form tells what is wanting
            raise PermissionDenied
        form = ReturnForm(self.request.POST, auto_id="return_%s")
        if not form.is_valid():
            return self._page(str(pk), form=form, status=422)
        following = self._following(pk)
        try:
            said = self.refuse(row, form.cleaned_data["reason"])
        except ValidationError as error:
            return self._refused(error)
        return self._done(said, following)

    def _page(
        self, chosen: str, *, form: ReturnForm | None = None, status: int = 200
    ) -> HttpResponse:
        waiting = [self._waiting(row) for row in self.waiting()]
        context: dict[str, Any] = {"waiting": waiting, **self.around()}
        if waiting:
            numbers = [str(item.row.pk) for item in waiting]
            place = numbers.index(chosen) if chosen in numbers else 0
            context |= self.context(waiting[place].row)
            context["shown"] = waiting[place]
            context["place"] = place + 1
            context["previous"] = waiting[place - 1] if place else None
            context["next"] = waiting[place + 1] if place + 1 < len(waiting) else None
            context["narrowed"] = self.narrowed
            if form is not None and chosen == numbers[place]:
                context["return_form"] = form
        return render(self.request, self.template, context, status=status)

    def _waiting(self, row: Row) -> Waiting[Row]:
        today, at = workdays.today(), row.submitted_at
        day = at.astimezone(workdays.SHANGHAI).date() if at else today
        return Waiting(row, self.address(row.pk), workdays.workdays_between(day, today))

    def _read(self, pk: int) -> Row:
        """The row with the version that the person has seen: none may be judged unread."""
        row: Row = get_object_or_404(self.readable(), pk=pk)
        seen = whole_number(self.request.POST.get("version", ""))
        row.version = NOT_READ if seen is None else seen
        return row

    def _following(self, pk: int) -> str:
        """The queue at the row after this one."""
        numbers = list(self.waiting().values_list("pk", flat=True))
        after = numbers[numbers.index(pk) + 1 :] if pk in numbers else []
        return self.address(after[0] if after else None)

    def _done(self, said: str, following: str) -> HttpResponse:
        messages.success(self.request, said)
        return redirect(following)

    def _refused(self, error: ValidationError) -> HttpResponse:
        messages.error(self.request, " ".join(error.messages))
        return redirect(self.address())
