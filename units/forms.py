"""Forms of log-in and password."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import dress


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


class PasswordForm(PasswordChangeForm):
    """Changing one's own password."""

    error_messages = {
        "password_mismatch": _("两次填写的新密码不一致，请重新填写。"),
        "password_incorrect": _("原密码不正确，请重新填写。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "old_password": _("原密码"),
            "new_password1": _("新密码"),
            "new_password2": _("再次填写新密码"),
        }
        self.fields["new_password2"].help_text = ""
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = _("请填写本项。")
        dress(self)

    def validate_password_for_user(
        self,
        user: Any,
        password_field_name: str = "new_password1",  # noqa: S107 - a field's name
    ) -> None:
        """Say what is wrong with the new password at the field where it was first typed."""
        password = self.cleaned_data.get("new_password1")
        if not password:
            return
        try:
            validate_password(password, user)
        except ValidationError as error:
            for one in error.error_list:
                if one.code == "password_too_short":  # Django has no Chinese for it
                    one.message = _("密码太短：至少%(min_length)d个字符。")
                self.add_error("new_password1", one)
