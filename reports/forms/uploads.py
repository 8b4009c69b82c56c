"""The forms that send filled-in forms, and say how they are applied."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.forms import dress
from tracker.lib.workdays import Quarter


class _Help:
    """Which files are taken, in the reader's language."""

    def __str__(self) -> str:
        whole = settings.UPLOAD_MAX_BYTES // (1024 * 1024) - 1
        words = {"limit": settings.RETURN_MAX_MB, "whole": whole}
        return (
            _(
                "可选多份回填表（.xlsx），或一个压缩包（.zip），每个不超过%(limit)s MB，"
                "一次共不超过%(whole)s MB。"
            )
            % words
        )


class _Several(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class _Files(forms.FileField):
    """Its value is a list; what is wrong with one is said by the service."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return list(data or [])


class UploadForm(forms.Form):
    """One filled-in form or many."""

    sent = _Files(
        label=gettext_lazy("回填表"),
        required=False,
        help_text=lazystr(_Help()),
        widget=_Several(attrs={"accept": ".xlsx,.zip"}),
    )

    quarter = forms.ChoiceField(
        label=gettext_lazy("季度"),
        required=False,
        help_text=gettext_lazy("补报已关闭的季度时选择；其他不必选。"),
    )

    def __init__(self, *args: Any, closed: Sequence[Quarter] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quarters: Any = self.fields["quarter"]
        quarters.choices = [
            ("", _("按表中的季度")),
            *((str(one), _("%(quarter)s（补报）") % {"quarter": one.label}) for one in closed),
        ]
        if not closed:
            del self.fields["quarter"]
        dress(self)

    @property
    def chosen(self) -> Quarter | None:
        """The quarter that was chosen."""
        text = self.cleaned_data.get("quarter")
        return Quarter.parse(text) if text else None


class BatchForm(forms.Form):
    """How what was sent in together is applied; what is missing is said by the service."""

    # Not `submit`: in the browser that would hide the form's own method.
    hand_in = forms.BooleanField(label=gettext_lazy("写入后一并提交"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("代填的原因和依据"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ApplyForm(BatchForm):
    """How one form is applied."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(
        label=gettext_lazy("已核对，是该单位、该季度的回填表"), required=False
    )
    all_over = forms.BooleanField(
        label=gettext_lazy("网上也填过的，全部改用表中的"), required=False
    )
