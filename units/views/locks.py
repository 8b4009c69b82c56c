"""Names locked after failed log-ins: the security administrator sees and unlocks them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.lib import workdays
from units import policy
from units.models import User
from units.services import locks
from units.web import person


def _keeper(request: HttpRequest) -> User:
    """The person, if locks are theirs to keep; for others there is no such page."""
    user = person(request)
    if not policy.scope(user, "lock.keep").exists():
        raise Http404
    return user


@require_safe
def locked(request: HttpRequest) -> HttpResponse:
    """The locks that hold now."""
    _keeper(request)
    context = {"locks": locks.current(workdays.now())}
    return render(request, "registration/locks.html", context)


@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Unlock a name at all addresses."""
    user = _keeper(request)
    name = request.POST.get("name", "")
    if locks.release(name, by=user, now=workdays.now()):
        messages.success(request, _("已解除用户名 %(name)s 的锁定。") % {"name": name[:150]})
    else:
        messages.info(request, _("该用户名的锁定已经到时解除。"))
    return redirect("locks")
