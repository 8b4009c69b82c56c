"""Marks what was searched for."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tracker.lib.search import parts

register = template.Library()


@register.filter
def marked(text: str, words: Sequence[str]) -> SafeString:
    """`{{ text|marked:words }}`: the text, escaped, with `<mark>` around the words."""
    pieces = (
        (format_html("<mark>{}</mark>", piece) if is_hit else piece,)
        for piece, is_hit in parts(str(text), words)
    )
    return format_html_join("", "{}", pieces)
