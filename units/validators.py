"""What a password must be, beyond Django's own validators: sentences that say how to mend it."""

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from units.models import User


def classes(password: str) -> int:
    """How many of the four classes the password has: capitals, small letters, digits, others."""
    kinds = (str.isupper, str.islower, str.isdigit, _is_other)
    return sum(any(kind(character) for character in password) for kind in kinds)


def _is_other(character: str) -> bool:
    return not (character.isupper() or character.islower() or character.isdigit())


class LengthValidator:
    """As Django's, with a sentence that it has in no Chinese."""

    def __init__(self, least: int | None = None) -> None:
        self.least = settings.PASSWORD_MIN_LENGTH if least is None else least

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError with a sentence."""
        if len(password) < self.least:
            raise ValidationError(
                _("密码太短：至少%(least)d个字符。") % {"least": self.least},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("密码至少%(least)d个字符。") % {"least": self.least}


class ClassesValidator:
    """At least so many of the four classes of characters."""

    def __init__(self, least: int | None = None) -> None:
        self.least = settings.PASSWORD_CLASSES if least is None else least

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError with a sentence."""
        if classes(password) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_few_classes")

    def get_help_text(self) -> str:
        return _("密码须含大写字母、小写字母、数字、符号四类中的至少%(least)d类。") % {
            "least": self.least
        }


class NotUsedBeforeValidator:
    """None of the person's last passwords, the present one included."""

    def __init__(self, last: int | None = None) -> None:
        self.last = settings.PASSWORD_HISTORY if last is None else last

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError with a sentence. A person who is not stored yet has had none."""
        if not self.last or not isinstance(user, User) or user.pk is None:
            return
        used = user.used_passwords.order_by("-set_at", "-pk")[: self.last]
        known = dict.fromkeys([user.password, *used.values_list("password", flat=True)])
        if any(check_password(password, old) for old in list(known)[: self.last]):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return _("新密码不能与最近%(last)d次用过的密码相同。") % {"last": self.last}
