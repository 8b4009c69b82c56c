"""How forms look: each widget gets the class of its kind, and the width of what it holds."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.days import check_day
from tracker.lib.text import clean_text

SHORT, MEDIUM = 20, 50  # characters
DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
WRONG_DAY = gettext_lazy("日期无效：请按“2025-12-31”的形式填写一个存在的日期。")
NAMELESS = forms.Field.default_error_messages["required"]


def width_of(field: forms.Field) -> str:
    """short: a day, a number, a code; medium: a name, a choice; empty: as wide as there is room."""
    if isinstance(field, forms.DateField | forms.IntegerField):
        return "short"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.EmailField):
        return "medium" if isinstance(field.widget, forms.Select | forms.EmailInput) else ""
    longest = getattr(field, "max_length", None) or MEDIUM + 1
    return "short" if longest <= SHORT else "medium" if longest <= MEDIUM else ""


def dress(form: forms.BaseForm) -> None:
    """Give every widget of the form its class; a text with a limit names its counter.

    A field left empty is named in the sentence, unless it has one of its own.
    """
    for name, field in form.fields.items():
        widget = field.widget
        if field.error_messages.get("required") is NAMELESS:
            field.error_messages["required"] = _missing(field, str(field.label or name))
        if isinstance(widget, forms.CheckboxInput):
            widget.attrs["class"] = "form-check-input"
        elif isinstance(widget, forms.Select):
            widget.attrs["class"] = "form-select"
        elif not widget.is_hidden:
            widget.attrs["class"] = "form-control"
        if width := width_of(field):
            widget.attrs.setdefault("data-width", width)
        if "data-limit" in widget.attrs:
            widget.attrs["data-count"] = f"count-{name}"


def _missing(field: forms.Field, label: str) -> str:
    """That the field was left empty, by its name."""
    chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    sentence = _("请选择%(label)s。") if chosen else _("请填写%(label)s。")
    return sentence % {"label": label}


def day_widget() -> forms.DateInput:
    """The browser's own calendar, where it has one."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class Day(forms.DateField):
    """A date, also as documents write it; may be left empty unless `required`."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid": WRONG_DAY, **kwargs.pop("error_messages", {})}
        given = {"required": False, "input_formats": DAY_FORMATS, "widget": day_widget(), **kwargs}
        super().__init__(error_messages=wrong, validators=[check_day], **given)


class CleanText(forms.CharField):
    """Text with line ends as \\n and without control characters."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class Dressed(forms.Form):
    """A form whose widgets have their classes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)
