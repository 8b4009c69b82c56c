"""The second factor of administrators: a code of an authenticator, or a recovery code used once.

The authenticator's secret has to lie readable in the database; of recovery codes only digests do.
"""

import hashlib
import secrets
import time
from base64 import b32encode
from binascii import unhexlify
from typing import Any, Final

import segno
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from tracker.lib.text import whole_number
from units.models import User
from units.policy import standing
from units.services import audit, keepers, tokens

CODES: Final = 8
CODE_BYTES: Final = 10  # 16 letters and digits, in groups of four
TOLERANCE: Final = 1  # half a minute early or late
DIGITS: Final = 6


def is_required(user: User) -> bool:
    """Whether the person comes in with a second factor: the three administrators, superusers."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    who = standing(user)
    return who.superuser or who.site_role is not None


def is_set_up(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def make_secret() -> str:
    """A new secret, in hex."""
    return str(random_hex(20))


def as_typed(secret: str) -> str:
    """The secret as authenticators take it from the keyboard, in groups of four."""
    text = b32encode(unhexlify(secret)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def qr_code(user: User, secret: str) -> str:
    """The secret as a picture to scan: an address of data, with no other host."""
    address = TOTPDevice(user=user, key=secret).config_url
    return segno.make(address, micro=False).svg_data_uri(scale=5, border=3, light="#fff")


def clean_code(text: str) -> str:
    """What was typed, without the gaps with which it is shown."""
    return "".join(text.split()).replace("-", "").lower()


@transaction.atomic
def set_up(user: User, secret: str, code: str) -> tuple[Device, list[str]] | None:
    """Take the authenticator on if the code fits its secret; return it and new recovery codes."""
    totp = TOTP(unhexlify(secret), digits=DIGITS)
    totp.time = time.time()
    number = whole_number(clean_code(code))
    if number is None or not totp.verify(number, TOLERANCE):
        return None
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _forget(user)
    device = TOTPDevice.objects.create(
        user=user, name="authenticator", key=secret, last_t=totp.t(), drift=totp.drift
    )
    codes = [b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _n in range(CODES)]
    static = StaticDevice.objects.create(user=user, name="recovery")
    for one in codes:
        static.token_set.create(token=_digest(one))
    tokens.end_all(user, by=user)
    audit.record("user.second_factor", user, by=user)
    return device, ["-".join(one[at : at + 4] for at in range(0, 16, 4)) for one in codes]


def _digest(code: str) -> str:
    """As long as the column; of 80 random bits nobody finds the code from it."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]


@transaction.atomic
def verify(user: User, code: str) -> Device | None:
    """The person's device that takes the code, once; None if none does or it is too soon."""
    text = clean_code(code)
    kind: type[Any] = TOTPDevice if len(text) == DIGITS else StaticDevice
    for device in devices_for_user(user, for_verify=True):
        given = text if kind is TOTPDevice else _digest(text)
        if isinstance(device, kind) and device.verify_token(given):
            after = {"second_factor": "code" if kind is TOTPDevice else "recovery"}
            audit.record("user.login", user, by=user, after=after)
            return device
    return None


def codes_left(user: User) -> int:
    """How many recovery codes are not used yet."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


@transaction.atomic
def reset(user: User, *, by: User | None) -> None:
    """Forget the person's authenticator and codes: they set up a new one at the next log-in."""
    keepers.tell(user, _("重置第二验证"), by=by)
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _forget(user)
    tokens.end_all(user, by=by)
    audit.record("user.second_factor_reset", user, by=by)


def _forget(user: User) -> None:
    """Sessions that rest on a device end with it: they are asked anew."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
