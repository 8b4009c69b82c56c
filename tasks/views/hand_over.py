"""工作交接: what lies open with a post, and to whom it goes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks.forms.people import HandOverForm
from tasks.services.open_work import open_work
from tracker.lib import workdays
from units import policy
from units.models import Membership
from units.services import handover
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a post goes to the next person; the security administrator confirms."""
    user, now = person(request), workdays.now()
    posts = policy.scope(user, "membership.hand_over").select_related("user", "unit", "office")
    post: Membership = get_object_or_404(posts, pk=pk)
    form = HandOverForm(request.POST or None, membership=post, today=now.date())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            row = handover.ask(
                post,
                form.to,
                starts_on=values["starts_on"],
                note=values["note"],
                by=user,
                now=now,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _("已提出交接：%(name)s。安全管理员确认后生效。") % {"name": row.to_whom},
            )
            return redirect("units:requests")
    context = {"post": post, "form": form, "work": open_work(post), "today": now.date()}
    status = 422 if request.method == "POST" else 200
    return render(request, "tasks/hand_over.html", context, status=status)
