"""How one is told, and an office's group robots."""

from dataclasses import asdict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tasks import policy
from tasks.forms.channels import ChoiceForm, RobotForm
from tasks.models import Robot
from tasks.reminders.channels import entry
from tasks.services import channels, robots
from tracker.lib import workdays
from units.models import User
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The person's own choice of channels."""
    user = person(request)
    form = ChoiceForm(user, request.POST or None, initial=asdict(channels.choice_of(user)))
    if request.method == "POST":
        # A form with nothing ticked is sent with its token alone, and is an answer all the same.
        form = ChoiceForm(user, request.POST)
        if form.is_valid():
            try:
                channels.choose(user, form.choice(), by=user, today=workdays.today())
            except ValidationError as error:
                form.take(error)
            else:
                messages.success(request, _("已保存。新的方式从今天的提醒开始。"))
                return redirect("tasks:channels")
    status = 422 if request.method == "POST" else 200
    return render(request, "tasks/channels.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def robots_page(request: HttpRequest) -> HttpResponse:
    """The robots of the own offices, and the form that enters another."""
    user = person(request)
    if not policy.keeps_robots(user):
        raise Http404
    offices = policy.scope(user, "robot.add").order_by("pk")
    form = RobotForm(offices, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        office = form.cleaned_data["office"]
        try:
            robot = entry.add(office, form.text(), by=user, now=workdays.now())
        except ValidationError as error:
            form.take(error)
        else:
            told = {"name": robot.name}
            messages.success(request, _("已登记“%(name)s”，试发的一条已到群里。") % told)
            return redirect("tasks:robots")
    rows = policy.scope(user, "robot.keep").select_related("office", "added_by")
    status = 422 if request.method == "POST" else 200
    return render(request, "tasks/robots.html", {"form": form, "robots": rows}, status=status)


def _robot(user: User, pk: int) -> Robot:
    rows = policy.scope(user, "robot.keep").select_related("office")
    robot: Robot = get_object_or_404(rows, pk=pk)
    return robot


@require_POST
def robot_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a line to the robot's group."""
    user = person(request)
    robot = _robot(user, pk)
    try:
        entry.try_out(robot, by=user, now=workdays.now())
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("已向“%(name)s”试发一条。") % {"name": robot.name})
    return redirect("tasks:robots")


@require_POST
def robot_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove it with its secret."""
    user = person(request)
    robot = _robot(user, pk)
    try:
        robots.remove(robot, by=user, now=workdays.now())
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("已移除“%(name)s”。") % {"name": robot.name})
    return redirect("tasks:robots")
