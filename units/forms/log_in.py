"""Forms of log-in, password and second factor."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import dress
from units.validators import ClassesValidator, LengthValidator, NotUsedBeforeValidator


class LogInForm(AuthenticationForm):
    """The same answer for an unknown user, a wrong password and an account that is off."""

    refusal = ""  # why nothing is tried at all
    error_messages = {
        "invalid_login": _("用户名或密码不正确。请核对后重试，密码区分大小写。"),
        "inactive": _("用户名或密码不正确。请核对后重试，密码区分大小写。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["username"].error_messages["required"] = _("请填写用户名。")
        self.fields["password"].label = _("密码")
        self.fields["password"].error_messages["required"] = _("请填写密码。")
        dress(self)

    def clean(self) -> dict[str, Any]:
        """Check name and password, unless nothing is to be tried."""
        if self.refusal:
            raise ValidationError(self.refusal)
        return super().clean()


class NewPasswordMixin:
    """A new password, typed twice; what is wrong with it is said where it was first typed."""

    error_messages: dict[str, Any] = {
        "password_mismatch": _("两次填写的新密码不一致，请重新填写。")
    }
    labels = {"new_password1": _("新密码"), "new_password2": _("再次填写新密码")}

    def dress_up(self, form: forms.Form) -> None:
        """Our labels and sentences; the rules beneath the first field."""
        form.fields["new_password1"].help_text = _together(_rules())
        form.fields["new_password2"].help_text = ""
        for name, label in self.labels.items():
            form.fields[name].label = label
            form.fields[name].error_messages["required"] = _("请填写本项。")
        dress(form)

    def validate_password_for_user(
        self,
        user: Any,
        password_field_name: str = "new_password1",  # noqa: S107 - a field's name
    ) -> None:
        """Django's own stands at the second field."""
        password = self.cleaned_data.get("new_password1")  # type: ignore[attr-defined]  # a form's
        if not password:
            return
        try:
            validate_password(password, user)
        except ValidationError as error:
            self.add_error("new_password1", error)  # type: ignore[attr-defined]  # a form's


def _together(sentences: list[str]) -> str:
    """Sentences as a paragraph; Chinese ones follow each other without a gap."""
    gap = "" if (get_language() or "").startswith("zh") else " "
    return gap.join(sentences)


def _rules() -> list[str]:
    """What a password must be: our own rules, without Django's small print."""
    ours = (LengthValidator, ClassesValidator, NotUsedBeforeValidator)
    return [
        validator.get_help_text()
        for validator in get_default_password_validators()
        if isinstance(validator, ours)
    ]


class PasswordForm(NewPasswordMixin, PasswordChangeForm):
    """Changing one's own password."""

    error_messages = NewPasswordMixin.error_messages | {
        "password_incorrect": _("原密码不正确，请重新填写。")
    }
    labels = {"old_password": _("原密码")} | NewPasswordMixin.labels

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress_up(self)


class FirstPasswordForm(NewPasswordMixin, SetPasswordForm):  # type: ignore[type-arg]  # in stubs
    """A password set through a link, without an old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress_up(self)


class CodeForm(forms.Form):
    """A code of an authenticator, or a recovery code."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=40,
        error_messages={"required": _("请填写验证码。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
