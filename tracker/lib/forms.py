"""How forms look: each widget gets the class of its kind, and the width of what it holds."""

from django import forms
from django.utils.translation import gettext as _

SHORT, MEDIUM = 20, 50  # characters
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
