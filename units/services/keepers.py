"""Accounts that open the others: the three administrators' and superusers'.

Nobody takes one over alone, and the administrators are told of each such step at once.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from units.models import Membership, User
from units.services import mails
from units.states import SITE_ROLES


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
    posts = Membership.objects.filter(role__in=SITE_ROLES, until=None, user__is_active=True)
    rows = User.objects.filter(pk__in=posts.values("user")).exclude(email="")
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
