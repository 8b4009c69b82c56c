"""The pages that entering a plan is made of: a form, a clash of two saves, a confirmation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from tasks import policy
from tasks.forms.plans import as_words
from tasks.models import Plan
from tasks.services.editing import Unconfirmed
from tracker.lib.stale import Stale
from units.models import AuditEntry, User


def plan_of(user: User, code: str) -> Plan:
    """The plan that the person may change; 404 otherwise."""
    plan: Plan = get_object_or_404(
        policy.scope(user, "plan.edit").select_related("implements", "jurisdiction"), code=code
    )
    return plan


@dataclass(frozen=True)
class FormPage:
    """A form over a row. `make(None)` shows the row as it stands, `make(data)` what was typed."""

    title: str
    button: str
    plan: Plan | None
    make: Callable[[Any], Any]
    save: Callable[[Any], Any]
    saved: str
    done: Callable[[Any], str]
    back: str
    row: models.Model | None = None
    confirm: str = ""  # the button's words where the save waits for a yes
    template: str = "tasks/plan_form.html"
    extra: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or save what was sent."""
        if request.method != "POST":
            return self._shown(request, self.make(None))
        form = self.make(request.POST)
        if not form.is_valid():
            return self._shown(request, form, status=422)
        try:
            result = self.save(form)
        except Stale:
            return self._clash(request)
        except Unconfirmed as error:
            return self._asked(request, error)
        except ValidationError as error:
            add_errors(form, error)
            return self._shown(request, form, status=422)
        messages.success(request, self.saved)
        return redirect(self.done(result))

    def _asked(self, request: HttpRequest, question: Unconfirmed) -> HttpResponse:
        """What was typed, with the question; sending it once more is the yes."""
        data = request.POST.copy()
        data[question.field] = str(question.value)
        return self._shown(request, self.make(data), status=422, question=question.messages[0])

    def _clash(self, request: HttpRequest) -> HttpResponse:
        """Both texts. The form now rests on the other's, so that saving again is meant."""
        now = self.make(None)
        data = request.POST.copy()
        data["seen"] = now["seen"].value()
        form = self.make(data)
        theirs = {bound.name: difference(form[bound.name], now[bound.name]) for bound in now}
        last = last_change(self.row) if self.row else None
        return self._shown(request, form, status=409, theirs=theirs, last=last)

    def _shown(
        self,
        request: HttpRequest,
        form: Any,
        *,
        status: int = 200,
        theirs: dict[str, str | None] | None = None,
        last: AuditEntry | None = None,
        question: str = "",
    ) -> HttpResponse:
        context = {
            "page": self,
            "form": form,
            "plan": self.plan,
            "rows": [(bound, (theirs or {}).get(bound.name)) for bound in form.visible_fields()],
            "clash": theirs is not None,
            "question": question,
            "last": last,
            **self.extra,
        }
        return render(request, self.template, context, status=status)


def difference(mine: forms.BoundField, now: forms.BoundField) -> str | None:
    """The value that stands now, in words, where it is another than what was typed."""
    there = as_words(now, now.value())
    typed = as_words(mine, mine.value()).replace("\r\n", "\n").strip()
    return None if there == typed else there


def last_change(row: models.Model) -> AuditEntry | None:
    """Who changed the row last."""
    entries = AuditEntry.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk))
    return entries.order_by("-pk").first()


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put a service's sentences beside their fields, others above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        form.add_error(name if name in form.fields else None, ValidationError(found))


@dataclass(frozen=True)
class ConfirmPage:
    """What cannot be undone is asked for on a page of its own; `lacks` say why it cannot be."""

    title: str
    sentence: str
    button: str
    plan: Plan
    lacks: list[str]
    seen: str
    do: Callable[[str], Any]
    said: str
    done: str
    back: str
    lacks_head: str
    danger: bool = True

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Ask, or do it."""
        if request.method != "POST":
            return self._shown(request, self.lacks)
        try:
            self.do(request.POST.get("seen", ""))
        except Stale as error:
            return self._shown(request, error.messages, status=409)
        except ValidationError as error:
            return self._shown(request, error.messages, status=422)
        messages.success(request, self.said)
        return redirect(self.done)

    def _shown(self, request: HttpRequest, lacks: list[str], *, status: int = 200) -> HttpResponse:
        context = {"page": self, "plan": self.plan, "lacks": lacks, "status": status}
        return render(request, "tasks/plan_confirm.html", context, status=status)
