"""Sheets and mails have the lights' colours of pages, which stand in a file of their own."""

import re
from pathlib import Path

from django.conf import settings

from tasks.states import Light


def test_sheets_and_mails_have_the_colours_of_pages() -> None:
    text = (Path(settings.BASE_DIR) / "tracker/static/css/tokens.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
    for light in Light:
        name = str(light)
        assert light.colour.lower() == tokens[name]
        assert light.ink.lower() == tokens.get(f"{name}-dark", tokens[name])
        assert light.tint.lower() == tokens[f"{name}-tint"]
