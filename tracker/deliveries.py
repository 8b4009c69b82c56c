"""The operator's page of messages: queue, age of the oldest, failures, schedules, sending again.

For the system administrator: it says to whom and on which channel, never what was said.
"""

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from reports import policy as reports
from reports.services import mails
from reports.states import MailState
from tasks import policy
from tasks.models import Digest
from tasks.services import deliveries, digests
from tasks.services.deliveries import Queue
from tasks.states import ChannelKind, DigestState
from tracker import schedules
from tracker.lib import workdays
from tracker.lib.api.views import Strict
from tracker.lib.pages import page_of
from tracker.lib.text import whole_number
from units.policy import runs_site
from units.states import Role
from units.web import person

MOST_AT_ONCE = 100


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everything on one page; 404 for everybody else."""
    user = person(request)
    if not runs_site(user):
        raise Http404
    now = workdays.now()
    dead = policy.scope(user, "delivery.keep").filter(state=DigestState.DEAD)
    books = reports.scope(user, "report_mail.keep").filter(state=MailState.DEAD)
    context = {
        "now": now,
        "queues": [(queue, queue.is_well(now)) for queue in _queues(now)],
        "page": page_of(deliveries.with_names(dead), request),
        "books": mails.with_names(books)[:MOST_AT_ONCE],
        "schedules": schedules.state(now=now),
    }
    return render(request, "deliveries.html", context)


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Put the ticked ones in the queue anew."""
    user = person(request)
    if not runs_site(user):
        raise Http404
    rows = policy.scope(user, "delivery.keep").filter(pk__in=_ticked(request, "digest"))
    books = reports.scope(user, "report_mail.keep").filter(pk__in=_ticked(request, "book"))
    now = workdays.now()
    number = sum(digests.resend(digest, by=user, now=now) for digest in rows)
    number += sum(mails.resend(mail, by=user) for mail in books)
    if number:
        messages.success(request, _("已将%(number)d条重新排队发送。") % {"number": number})
    else:
        messages.error(request, _("没有重新发送：请先勾选发送失败的消息。"))
    return redirect("deliveries")


def _ticked(request: HttpRequest, name: str) -> list[int]:
    chosen = [whole_number(text) for text in request.POST.getlist(name)[:MOST_AT_ONCE]]
    return [pk for pk in chosen if pk]


class QueueBody(serializers.Serializer[Any]):
    """A channel's queue."""

    channel = serializers.CharField()
    waiting = serializers.IntegerField()
    sending = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)
    failing = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)
    same_reason = serializers.IntegerField()
    dead = serializers.IntegerField()
    dead_lately = serializers.IntegerField()
    sent_lately = serializers.IntegerField()


class ScheduleBody(serializers.Serializer[Any]):
    """A job of beat's table."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a key of the body
    ran_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    failed = serializers.BooleanField()


class StateBody(serializers.Serializer[Any]):
    """What an operator watches."""

    at = serializers.DateTimeField()
    queues = QueueBody(many=True)
    schedules = ScheduleBody(many=True)


class StateView(Strict[Digest]):
    """Queues and schedules, for the system administrator's programs."""

    queryset = Digest.objects.none()
    serializer_class = StateBody
    pagination_class = None
    site_roles = (Role.SYSTEM_ADMIN,)

    @extend_schema(responses=StateBody)
    def get(self, request: Request) -> Response:
        """As the page shows it."""
        if not runs_site(request.user):
            raise PermissionDenied
        return Response(StateBody(_state(workdays.now())).data)


def _queues(now: datetime.datetime) -> list[Queue]:
    """All channels; books that are mailed are on that of mail."""
    return [
        mails.counted_in(queue, now=now) if queue.channel == ChannelKind.EMAIL else queue
        for queue in deliveries.queues(now=now)
    ]


def _state(now: datetime.datetime) -> dict[str, Any]:
    return {
        "at": now,
        "queues": _queues(now),
        "schedules": schedules.state(now=now),
    }


urlpatterns = [
    path("desk/deliveries/", page, name="deliveries"),
    path("desk/deliveries/resend/", resend, name="deliveries_resend"),
]
