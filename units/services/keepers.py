"""Accounts that open the others: the three administrators' and superusers'.

Nobody takes one over alone, and the administrators are told of each such step at once. The
security administrators are also told what others ask of them.
"""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from units.models import Membership, PersonRequest, User
from units.services import mails
from units.states import SITE_ROLES, Role


def is_keeper(person: User) -> bool:
    """Whether the account is one of them, or has been."""
    return person.is_superuser or person.memberships.filter(role__in=SITE_ROLES).exists()


def refuse_alone(person: User, *, by: User | None) -> None:
    """Raise ValidationError where one person in the pages would get at such an account.

    `by` is None for the commands, which the owner of the site runs.
    """
    if by is not None and by.pk != person.pk and is_keeper(person):
        raise ValidationError(
            _(
                "%(person)s是管理员或超级用户，一人不能办理：密码由另一名安全管理员确认后重置，"
                "其他由系统所有者用命令办理（见运维手册）。"
            )
            % {"person": person}
        )


def tell(person: User, what: str, *, by: User | None) -> None:
    """Mail the administrators, once it is stored, what happens to one of these accounts."""
    if not is_keeper(person):
        return
    rows = _reached(SITE_ROLES)
    if by is not None:
        rows = rows.exclude(pk=by.pk)
    text = _(
        "%(what)s：%(person)s（用户名 %(username)s）。\n操作人：%(by)s。\n如不知情，请立即核实。"
    ) % {
        "what": what,
        "person": person,
        "username": person.username,
        "by": by or _("系统所有者（命令）"),
    }
    addresses = {*rows.values_list("email", flat=True)}

    def send() -> None:
        for address in sorted(addresses):
            mails.send(address, _("管理员账号有变动"), text)

    transaction.on_commit(send)


def tell_of_request(request: PersonRequest) -> None:
    """Mail those who may confirm it, once it is stored: one mail for all of a sheet."""
    sheet = PersonRequest.objects.filter(batch=request.batch, requested_by=request.requested_by_id)
    if request.batch and sheet.filter(pk__lt=request.pk).exists():
        return
    transaction.on_commit(lambda: _send_request(request, sheet.count() if request.batch else 1))


def _send_request(request: PersonRequest, number: int) -> None:
    concerned = (request.requested_by_id, request.person_id, request.successor_id)
    rows = _reached((Role.SECURITY_ADMIN,)).exclude(pk__in=[pk for pk in concerned if pk])
    words = {
        "by": request.requested_by,
        "n": number,
        "request": request,
        "link": settings.SITE_URL + reverse("units:requests"),
    }
    if number == 1:
        text = _("%(by)s提出：%(request)s。\n请登录后确认，或说明不同意的理由：%(link)s") % words
    else:
        text = _("%(by)s导入名单，提出%(n)d项申请。\n请登录后逐项确认或说明理由：%(link)s") % words
    for address in sorted(set(rows.values_list("email", flat=True))):
        mails.send(address, _("有人员申请待您确认"), text)


def _reached(roles: Collection[Role]) -> QuerySet[User]:
    """Who holds one of the roles and has an address."""
    posts = Membership.objects.filter(role__in=roles, until=None, user__is_active=True)
    return User.objects.filter(pk__in=posts.values("user")).exclude(email="")
