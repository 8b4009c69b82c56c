"""People: the list, a person's page, and what may be done there."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, Q
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.lib import workdays
from tracker.lib.lists import words_of
from tracker.lib.pages import page_of
from units import policy
from units.columns import PEOPLE_LIST
from units.forms.people import DetailsForm, PeopleFilterForm, PostForm
from units.models import Membership, User
from units.services import accounts, keepers, locks, people_lists, requests
from units.services.exports import Export, part_of
from units.states import RequestKind
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person


class Listing:
    """The people that the filters of an address choose, of those that the reader may see."""

    def __init__(self, request: HttpRequest) -> None:
        self.user, self.today = person(request), workdays.today()
        if not policy.knows_people(self.user):
            raise Http404
        self.form = PeopleFilterForm(request.GET)
        people = policy.scope(self.user, "person.view")
        valid = self.form.is_valid()
        rows = _narrowed(people, self.form.cleaned_data, self.today) if valid else people.none()
        self.found: Any = rows.prefetch_related(_posts_for(self.user)).order_by("username")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The people that the reader may see, with the posts that the reader may see."""
    found = Listing(request)
    user, page = found.user, page_of(found.found, request)
    context = {
        "form": found.form,
        **columns_of(request, PEOPLE_LIST),
        "page": page,
        "today": found.today,
        "keeper": policy.keeps(user),
        "may_invite": policy.may_invite(user),
        "waiting": policy.requests_seen_by(user).waiting().count(),
        "locked": locked_names(list(page)) if policy.keeps(user) else set(),
    }
    return render(request, "units/people.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows; name, posts and work phone of each."""

    def make() -> Export:
        found = Listing(request)
        if not found.form.is_valid():
            raise ValidationError(_("筛选条件有误，请更正后再导出。"))
        heads = picked(request, PEOPLE_LIST, found.user)
        part = part_of(found.found)
        return Export(PEOPLE_LIST, heads, [part], words_of(found.form))

    return exports.excel(request, PEOPLE_LIST, make)


def _posts_for(user: User) -> "Prefetch[Any]":
    posts = policy.scope(user, "membership.view").select_related("unit", "office", "jurisdiction")
    return Prefetch("memberships", posts.order_by("-until", "pk"), to_attr="posts_seen")


def _narrowed(people: Any, values: dict[str, Any], today: datetime.date) -> Any:
    people = people_lists.called(people, values["search"])
    if values["role"]:
        people = people_lists.holding(people, [values["role"]], today)
    return people_lists.in_state(people, values["state"], today)


def locked_names(people: list[User]) -> set[str]:
    """Which of them cannot log in for a while, by user name."""
    keys = {lock.name for lock in locks.current(workdays.now())}
    return {one.username for one in people if locks.name_key(one.username) in keys}


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person."""
    return _page(request, pk, person(request))


def _page(
    request: HttpRequest, pk: int, user: User, *, status: int = 200, **more: Any
) -> HttpResponse:
    today = workdays.today()
    one = get_object_or_404(policy.scope(user, "person.view"), pk=pk)
    posts = policy.scope(user, "membership.view").filter(user=one)
    handed = set(policy.scope(user, "membership.hand_over").filter(user=one).values_list("pk"))
    manages = policy.can(user, "person.manage", one)
    asks = not manages and policy.can(user, "person.ask", one)
    about = policy.requests_seen_by(user).filter(Q(person=one) | Q(successor=one))
    context = {
        "one": one,
        "today": today,
        "posts": [
            {
                "post": post,
                "current": post.until is None or post.until >= today,
                "may_hand_over": (post.pk,) in handed and policy.is_business(user),
            }
            for post in posts.select_related("unit", "office", "jurisdiction").order_by("pk")
        ],
        "manages": manages,
        "guarded": manages and keepers.is_keeper(one),
        "asks": asks and one.is_active,
        "locked": bool(locked_names([one])) if manages else False,
        "unused": one.is_unused(today),
        "requests": about.with_names()[:10],
        "post_form": more.get("post_form")
        or (PostForm(user=user) if manages or (asks and one.is_active) else None),
        "itself": one.pk == user.pk,
        "is_business": policy.is_business(user),
        "lists_people": policy.knows_people(user),
    }
    return render(request, "units/person.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, post, phone and e-mail: one's own, or anybody's for the security administrator."""
    user = person(request)
    one = get_object_or_404(policy.scope(user, "person.view"), pk=pk)
    if one.pk != user.pk and not policy.can(user, "person.manage", one):
        raise Http404
    context: dict[str, Any] = {"one": one, "lists_people": policy.knows_people(user)}
    if request.method != "POST":
        context["form"] = DetailsForm(initial=model_to_dict(one, accounts.DETAILS))
        return render(request, "units/person_edit.html", context)
    context["form"] = form = DetailsForm(request.POST)
    if not form.is_valid():
        return render(request, "units/person_edit.html", context, status=422)
    try:
        accounts.change_details(one, by=user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return render(request, "units/person_edit.html", context, status=422)
    messages.success(request, _("已保存。"))
    return redirect("units:person", one.pk)


ACTS = ("reset", "disable", "enable", "unlock", "second-factor")


@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """What the security administrator does to an account."""
    user, now = person(request), workdays.now()
    one = get_object_or_404(policy.scope(user, "person.view"), pk=pk)
    if what not in ACTS or not policy.can(user, "person.manage", one):
        raise Http404
    try:
        if what == "reset" and keepers.is_keeper(one):
            requests.ask_about(one, RequestKind.RESET, by=user, now=now)
            messages.success(request, _("已提出申请，须由另一名安全管理员确认。"))
        elif what == "reset":
            handed = accounts.mail_link(accounts.reset(one, by=user))
            return render(request, "units/links.html", {"handed": [handed], "one": one})
        elif what == "disable":
            accounts.disable(one, today=now.date(), by=user)
            messages.success(request, _("已停用%(name)s，各任职到今天为止。") % {"name": one})
        elif what == "enable":
            handed = accounts.mail_link(accounts.enable(one, today=now.date(), by=user))
            said = _("已恢复%(name)s的账号。请按需增加任职。") % {"name": one}
            if not handed.mailed:
                return render(request, "units/links.html", {"handed": [handed], "said": said})
            sent = _("设置密码的链接已发送至%(address)s。") % {"address": handed.address}
            messages.success(request, f"{said}{sent}")
        elif what == "unlock":
            locks.release(one.username, by=user, now=now)
            messages.success(request, _("已解除%(name)s的登录锁定。") % {"name": one})
        else:
            accounts.reset_second_factor(one, by=user)
            messages.success(request, _("已重置%(name)s的第二验证。") % {"name": one})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("units:person", one.pk)


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator asks the security administrator to reset or close an account."""
    user = person(request)
    one = get_object_or_404(policy.scope(user, "person.view"), pk=pk)
    kind = request.POST.get("kind", "")
    if kind not in {RequestKind.RESET, RequestKind.END}:
        raise Http404
    try:
        requests.ask_about(
            one,
            RequestKind(kind),
            by=user,
            now=workdays.now(),
            note=request.POST.get("note", "")[:300],
        )
    except PermissionDenied as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已提出申请，待安全管理员确认。"))
    return redirect("units:person", one.pk)


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """A further post is asked for: by a coordinator, or a security administrator of another."""
    user = person(request)
    one = get_object_or_404(policy.scope(user, "person.view"), pk=pk)
    manages = policy.can(user, "person.manage", one)
    if not manages and not policy.can(user, "person.ask", one):
        raise Http404
    form = PostForm(request.POST, user=user)
    if form.is_valid():
        try:
            requests.ask_for_post(one, form.wanted, by=user, now=workdays.now())
            said = _("已提出申请，待安全管理员确认。")
            if manages:
                said = _("已提出申请，须由另一名安全管理员确认。")
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, said)
            return redirect("units:person", one.pk)
    return _page(request, pk, user, status=422, post_form=form)


@require_POST
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """The security administrator ends a post: with today, or at once."""
    user = person(request)
    post = get_object_or_404(
        Membership.objects.filter(user__in=policy.scope(user, "person.manage")), pk=pk
    )
    at_once = "at_once" in request.POST
    try:
        accounts.end_membership(post, today=workdays.today(), by=user, at_once=at_once)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = _("该任职已立即结束。") if at_once else _("该任职到今天为止。")
        messages.success(request, said)
    return redirect("units:person", post.user_id)
