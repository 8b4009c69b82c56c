"""Light, dark, or as the system is; paper is always white."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from playwright.sync_api import Page

from tracker.errors import server_error

STATIC = Path(settings.BASE_DIR) / "tracker" / "static" / "css"
Enter = Callable[..., Page]
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
WHITE, LIGHT, DARK = "rgb(255, 255, 255)", "rgb(246, 248, 249)", "rgb(18, 23, 28)"
# Words on grounds, as pages have them.
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "ground")),
    *((ink, "ground-2") for ink in ("ink", "ink-2")),
    *(("accent", ground) for ground in ("paper", "ground", "accent-tint")),
    ("on-accent", "accent"), ("on-accent", "accent-dark"), ("accent-dark", "accent-tint"),
    *((f"{name}{shade}", f"{name}-tint") for name, shade in (
        ("red", ""), ("yellow", "-dark"), ("green", "-dark"), ("blue", ""), ("grey", "-dark"),
    )),
    *((name, "paper") for name in ("red", "yellow-dark", "green-dark", "blue", "grey-dark")),
]  # fmt: skip


def colours(*sheets: str) -> dict[str, str]:
    """The colours that the sheets name, the last one's last."""
    text = "".join((STATIC / sheet).read_text(encoding="utf-8") for sheet in sheets)
    found = re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", text)
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * sign for sign in value[1:])
        for name, value in found
    }


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sheets", [("tokens.css",), ("tokens.css", "dark.css")])
def test_words_stand_out_from_their_ground(sheets: tuple[str, ...]) -> None:
    named = colours(*sheets)
    ratios = {pair: round(contrast(named[pair[0]], named[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_the_dark_gives_every_colour_again() -> None:
    paper = {"mail-paper"}
    assert colours("tokens.css").keys() - colours("dark.css").keys() == paper


def test_no_sheet_but_the_tokens_has_a_colour_of_its_own() -> None:
    own = {}
    for path in Path(settings.BASE_DIR).glob("*/static/**/*.css"):
        if path.name in {"tokens.css", "dark.css"} or "vendor" in path.parts:
            continue
        # A backdrop's is the one exception: before Chromium 122 it knows no variables.
        text = path.read_text(encoding="utf-8").replace("var(--veil, rgb(29 39 51 / 45%))", "")
        if found := re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[\s;,)])|\b(?:rgb|hsl)a?\(", text):
            own[path.name] = found
    assert own == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "media"),
    [
        (None, "screen and (prefers-color-scheme: dark)"),
        ("system", "screen and (prefers-color-scheme: dark)"),
        ("dark", "screen"),
        ("light", None),
        ('"><script>', "screen and (prefers-color-scheme: dark)"),
    ],
)
def test_the_cookie_chooses_the_sheet(cookie: str | None, media: str | None) -> None:
    client = Client()
    if cookie:
        client.cookies["theme"] = cookie
    text = client.get("/login/").content.decode()
    found = re.search(r'dark[^"]*\.css"\s+media="([^"]+)"', text)
    assert (found[1] if found else None) == media


def test_the_page_of_a_failure_is_light() -> None:
    """It is made without anything that may have failed, so nobody's choice is known there."""
    answer = server_error(RequestFactory().get("/"))
    assert "dark" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "kept", "back"),
    [
        ({"theme": "dark", "next": "/login/?a=1"}, "dark", "/login/?a=1"),
        ({"theme": "system", "next": "https://example.org/"}, "system", "/"),
        ({"theme": "pink", "next": "//example.org/"}, None, "/"),
        ({}, None, "/"),
    ],
)
def test_the_switch_keeps_the_choice_and_goes_back(
    sent: dict[str, str], kept: str | None, back: str
) -> None:
    client = Client()
    answer = client.post("/theme/", sent)
    assert (answer.status_code, answer["Location"]) == (302, back)
    cookie: Any = answer.cookies.get("theme")
    assert (cookie.value if cookie else None) == kept
    assert not cookie or (cookie["httponly"] and cookie["samesite"] == "Lax")


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_the_switch_works_without_scripts(enter: Enter) -> None:
    page = enter(theme="system", java_script_enabled=False, color_scheme="light")
    page.goto("/login/")
    page.locator("summary[title=外观]").click()
    page.get_by_role("button", name="深色").click()
    style = page.locator("link[href*='dark']").get_attribute("media")
    assert style == "screen"


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("theme", "system", "ground"),
    [("system", "dark", DARK), ("system", "light", LIGHT), ("dark", "light", DARK),
     ("light", "dark", LIGHT)],
)  # fmt: skip
def test_the_choice_goes_before_the_system(
    enter: Enter, theme: str, system: str, ground: str
) -> None:
    page = enter(theme=theme, color_scheme=system)
    page.goto("/login/")
    assert page.evaluate(BACKGROUND) == ground
    page.emulate_media(media="print")
    assert page.evaluate(BACKGROUND) == WHITE
