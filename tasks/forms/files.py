"""Files that go along with what a form says; the service checks them."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.uploads import ACCEPT


class _Help:
    """Which files are taken, in the reader's language."""

    def __str__(self) -> str:
        words = {"limit": settings.EVIDENCE_MAX_MB}
        return _("PDF、Word、Excel 或图片，每个不超过%(limit)s MB。严禁上传涉密文件。") % words


class _Several(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class Files(forms.FileField):
    """佐证材料 beside a text; its value is a list. Forms with it are multipart."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("佐证材料"),
            required=False,
            help_text=lazystr(_Help()),
            widget=_Several(attrs={"accept": ACCEPT}),
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploads as they came: what is wrong with one is said by the service."""
        return list(data or [])
