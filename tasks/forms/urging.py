"""Forms of urging by hand."""

import datetime
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.services import urging
from tasks.services.phone_calls import MAX_CALL
from tracker.lib.forms import CleanText, Day, Dressed


class LetterForm(Dressed):
    """What the office adds, and by when it asks for an answer."""

    line = CleanText(
        label=_("附言"),
        required=False,
        max_length=urging.MAX_LINE,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": urging.MAX_LINE}),
        help_text=_("写在各函件所列事项之后，可不填。"),
    )
    answer_by = Day(label=_("回复期限"), required=True)

    @classmethod
    def on(cls, today: datetime.date, data: Any = None) -> Self:
        """The form with the day that is proposed."""
        return cls(data, initial={"answer_by": urging.default_answer_by(today)})


class CallForm(Dressed):
    """What came of a call."""

    line = CleanText(
        label=_("通话记要"),
        max_length=MAX_CALL,
        help_text=_("何人接听，如何答复。"),
        error_messages={"required": _("请填写通话记要：何人接听，如何答复。")},
    )


class SignForm(Dressed):
    """Signing for a letter, with an answer where there is something to say."""

    answer = CleanText(
        label=_("回复"),
        required=False,
        max_length=urging.MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": urging.MAX_ANSWER}),
        help_text=_("办理情况或打算，可不填，也可签收后再填。"),
    )
