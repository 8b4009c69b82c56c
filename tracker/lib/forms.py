"""How forms look: each widget gets the class of its kind."""

from django import forms


def dress(form: forms.BaseForm) -> None:
    """Give every widget of the form its class; a text with a limit names its counter."""
    for name, field in form.fields.items():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput):
            widget.attrs["class"] = "form-check-input"
        elif isinstance(widget, forms.Select):
            widget.attrs["class"] = "form-select"
        elif not widget.is_hidden:
            widget.attrs["class"] = "form-control"
        if "data-limit" in widget.attrs:
            widget.attrs["data-count"] = f"count-{name}"
