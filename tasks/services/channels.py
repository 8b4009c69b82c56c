"""On which channels a person is told, and their own choice of it."""

import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks.models import ChannelChoice
from tasks.states import OWN_KINDS, ChannelKind
from units.models import User
from units.services import audit

BY_DEFAULT = frozenset({ChannelKind.EMAIL})
# A mobile number of the mainland, with the country's code or without.
MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
BETWEEN = re.compile(r"[\s-]")  # as people write between the digits of a number
LONGEST = 64


@dataclass(frozen=True)
class Choice:
    """What a person has chosen, whole."""

    email: bool
    gateway: bool = False
    address: str = ""


def offered() -> list[ChannelKind]:
    """What can be chosen on this site."""
    return [kind for kind in OWN_KINDS if kind != ChannelKind.GATEWAY or settings.GATEWAY_URL]


def kinds_of(people: Collection[int]) -> dict[int, frozenset[ChannelKind]]:
    """The channels of each, in one query. Who has none is told in the list of notices alone.

    A channel that the site no longer has is made good by e-mail: nothing is lost by it.
    """
    rows: dict[int, dict[ChannelKind, bool]] = defaultdict(dict)
    for choice in ChannelChoice.objects.filter(person__in=people):
        rows[choice.person_id][ChannelKind(choice.channel)] = choice.is_on
    return {person: _kinds(rows.get(person, {})) for person in people}


def _kinds(told: Mapping[ChannelKind, bool]) -> frozenset[ChannelKind]:
    wanted = {kind for kind in OWN_KINDS if told.get(kind, kind in BY_DEFAULT)}
    had = wanted.intersection(offered())
    if wanted and not had:
        return BY_DEFAULT
    return frozenset(had or {ChannelKind.IN_APP})


def since(person: int | None, kind: str) -> datetime.date:
    """The day from which the person is told on the channel."""
    rows = ChannelChoice.objects.filter(person=person, channel=kind, is_on=True)
    return rows.values_list("since", flat=True).first() or datetime.date.min


def address_of(person: int, kind: str) -> str:
    """The number or account that the person gave for the channel."""
    rows = ChannelChoice.objects.filter(person=person, channel=kind, is_on=True)
    return rows.values_list("address", flat=True).first() or ""


def choice_of(person: User) -> Choice:
    """What holds for the person."""
    rows = {row.channel: row for row in ChannelChoice.objects.filter(person=person)}
    mail, gateway = rows.get(ChannelKind.EMAIL), rows.get(ChannelKind.GATEWAY)
    return Choice(
        email=mail.is_on if mail else True,
        gateway=gateway.is_on if gateway else False,
        address=gateway.address if gateway else "",
    )


@transaction.atomic
def choose(person: User, choice: Choice, *, by: User, today: datetime.date) -> None:
    """Keep what the person wants; a channel that is switched on begins with what is made today."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = choice_of(person)
    choice = _checked(person, choice, before)
    if before == choice:
        return
    values = {
        ChannelKind.EMAIL: (choice.email, before.email, ""),
        ChannelKind.GATEWAY: (choice.gateway, before.gateway, choice.address),
    }
    for kind, (is_on, was_on, address) in values.items():
        told = {"is_on": is_on, "address": address if is_on else ""}
        if is_on and not was_on:
            told["since"] = today
        ChannelChoice.objects.update_or_create(
            person=person,
            channel=kind,
            defaults=told,
            create_defaults={"since": datetime.date.min if was_on else today, **told},
        )
    # The number itself is nobody's to read in a log.
    audit.record(
        "channel.choose",
        person,
        by=by,
        before={"电子邮件": before.email, "网关": before.gateway},
        after={
            "电子邮件": choice.email,
            "网关": choice.gateway,
            "号码有变": choice.address != before.address,
        },
    )


def _checked(person: User, choice: Choice, before: Choice) -> Choice:
    """The choice as it is kept; an address that stands and is not touched is not asked about."""
    address = choice.address
    problems: dict[str, str] = {}
    if choice.email and not before.email and not person.email:
        problems["email"] = _("您还没有登记邮箱：请先在“本人信息”中填写邮箱，或不选电子邮件。")
    if choice.gateway and ChannelKind.GATEWAY not in offered():
        problems["gateway"] = _("本站没有设置这种方式，请不要选择。")
    elif choice.gateway and (address != before.address or not before.gateway):
        try:
            address = kept_address(address)
        except ValueError as error:
            problems["address"] = str(error)
    if problems:
        raise ValidationError(problems)
    return replace(choice, address=address)


def kept_address(text: str) -> str:
    """What the site's gateway takes, as it is kept; ValueError says what is asked for.

    A mobile number of the mainland without the country's code, unless the site has said by
    GATEWAY_ADDRESS what else it takes: then that, as it was written.
    """
    if settings.GATEWAY_ADDRESS:
        if len(text) <= LONGEST and re.fullmatch(settings.GATEWAY_ADDRESS, text):
            return text
        raise ValueError(
            _("“%(name)s”不接受这个号码或账号：请按%(name)s的要求填写，前后不留空格。")
            % {"name": settings.GATEWAY_NAME}
        )
    found = MOBILE.fullmatch(BETWEEN.sub("", unicodedata.normalize("NFKC", text)))
    if found is None:
        raise ValueError(
            _("这不是手机号：请填写11位的中国大陆手机号，以1开头，如13800000000，前面可加+86。")
        )
    return found[1]
