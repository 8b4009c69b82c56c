"""What is served runs in Chromium 87: no newer CSS or JavaScript that a page rests on."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tracker.old_browsers import lower

ROOT = Path(settings.BASE_DIR)
STATIC = sorted(path for app in ROOT.glob("*/static") for path in app.rglob("*.*"))
SHEETS = [path for path in STATIC if path.suffix == ".css"]
SCRIPTS = [path for path in STATIC if path.suffix == ".js" and path.parent.name != "vendor"]
# What, and the version that brought it. Harmless where unknown, so not listed: text-autospace.
NEWER_CSS = {
    r":has\(": 105,
    r":(?:is|where)\(": 88,
    r":not\([^()]*,": 88,
    r"(?:color-mix|oklch|oklab|light-dark)\((?!%28)": 111,
    r"[;{\s]aspect-ratio\s*:": 88,
    r"[;{\s]accent-color\s*:": 93,
    r"[;{\s](?:translate|rotate|scale)\s*:": 104,
    r"[;{\s]overflow(?:-[xy])?\s*:\s*clip": 90,
    r"[;{\s]text-wrap\s*:": 114,
    r"@(?:container|layer|property|scope|starting-style)\b": 99,
    r"\d(?:[dsl]v[hw]|lh)\b": 108,
    r"@media[^{]*[<>]": 104,
    r"\bsubgrid\b": 117,
    r"(?:^|[{};])\s*&": 112,
    r"(?<!-)round\(": 125,
}
NEWER_JS = {
    r"\.at\(": 92,
    r"\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced|checkVisibility)\(": 97,
    r"\bstructuredClone\(": 98,
    r"\bObject\.(?:hasOwn|groupBy)\(": 93,
    r"\bcrypto\.randomUUID\(": 92,
    r"\bAbortSignal\.(?:timeout|any)\(": 103,
    r"\bURL\.canParse\(": 120,
    r"\.(?:showPopover|togglePopover|hidePopover)\(": 114,
    r"\.inert\b": 102,
    r":(?:has|is|where)\(": 88,
    r"\bstatic\s*\{": 94,
    r"#\w+ in ": 91,
    r"^await ": 89,
    r"/[gimsuy]*[dv][gimsuy]*\.(?:test|exec)\(": 90,
    r"\bimport\(|^import ": 0,
}
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)


def found(path: Path, newer: dict[str, int]) -> list[str]:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    return [pattern for pattern in newer if re.search(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_sheet_needs_a_newer_browser(path: Path) -> None:
    assert found(path, NEWER_CSS) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_needs_a_newer_browser(path: Path) -> None:
    assert found(path, NEWER_JS) == []


@pytest.mark.parametrize(
    ("given", "served"),
    [
        ("a:hover,a:has(b){color:red}", "a:hover{color:red}"),
        (".a:is(.b,.c)>d{margin:0}", ".a.b>d,.a.c>d{margin:0}"),
        ("a:not(.b,.c){margin:0}b{margin:0}", "b{margin:0}"),
        ("a{color:red;background:color-mix(in oklab,red,blue)}", "a{color:red}"),
        ("a{color:light-dark(rgb(1,2,3),var(--b))}", "a{color:rgb(1,2,3)}"),
        ("a{color:oklch(62.8% 0.2577 29.23deg)}", "a{color:#ff0000}"),
        ("a{content:';}';color:red}", "a{content:';}';color:red}"),
        ("@media print{a{aspect-ratio:1}b{color:red}}", "@media print{b{color:red}}"),
        ("@container x{a{color:red}}", ""),
        ("/* a{} */a{height:100dvh;height:100vh}", "a{height:100vh}"),
    ],
)
def test_a_sheet_of_others_is_served_without_what_is_newer(given: str, served: str) -> None:
    assert lower(given) == served


@pytest.mark.e2e
@pytest.mark.parametrize(("version", "shown"), [("this one", False), ("an old one", True)])
def test_an_old_browser_is_told(browser: Browser, version: str, shown: bool) -> None:
    """The script itself, in a page that knows less."""
    page = browser.new_page()
    page.set_content('<div id="old-browser" hidden>浏览器版本过低</div>')
    if shown:
        page.evaluate("window.CSS.supports = () => false")
    page.evaluate((ROOT / "tracker/static/js/old-browser.js").read_text(encoding="utf-8"))
    words = page.get_by_text("浏览器版本过低")
    if shown:
        expect(words).to_be_visible()
    else:
        expect(words).to_be_hidden()


def test_the_script_for_old_browsers_is_old_itself() -> None:
    text = COMMENT.sub("", (ROOT / "tracker/static/js/old-browser.js").read_text(encoding="utf-8"))
    assert not re.search(r"=>|`|\b(?:const|let|class)\b|\?\.|\?\?", text)
