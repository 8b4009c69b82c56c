"""Style sheets of others, rewritten for Chromium 87, the oldest browser that the site serves.

What that browser does not know it drops in ways of its own: a whole rule for one selector, and a
variable that then has no value. So all browsers get the sheet without these parts, look alike,
and what a page needs of them stands in tracker/static/css. frontend.py runs this file without
importing the project: standard library only.
"""

import math
import re
from collections.abc import Iterator

# Words of values, and of selectors, that came after version 87.
VALUES = ("color-mix(", "lab(", "lch(", "light-dark(", "color(", "abs(", "anchor(", "round(")
SELECTORS = (":has(", ":where(", ":user-valid", ":user-invalid", ":modal", ":popover-open", ":open")
PROPERTIES = {
    *("accent-color", "aspect-ratio", "translate", "rotate", "scale", "container"),
    *("container-type", "container-name", "text-wrap", "text-autospace", "field-sizing"),
    *("interpolate-size", "scrollbar-color", "scrollbar-gutter", "content-visibility"),
}
AT_RULES = ("@container", "@layer", "@property", "@scope", "@starting-style", "@view-transition")
UNIT = re.compile(r"\d[dsl]v[hwib]\b|\dv[ib]\b|\dcq[whib]\b|\dr?lh\b")
OKLCH = re.compile(r"oklch(\(|%28)([\d.]+)(?:%25|%)? ([\d.]+) ([\d.]+|none)(?:deg)?(?:\)|%29)")
NOT = re.compile(r":not\(((?:[^()]|\([^()]*\))*)\)")
PIECE = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\\]""", re.DOTALL)


def lower(sheet: str) -> str:
    """Return the style sheet with nothing in it that came after Chromium 87."""
    return "".join(_rules(sheet))


def _rules(sheet: str) -> Iterator[str]:
    for head, body in blocks(sheet):
        if body is None:
            yield f"{head};"
        elif head.startswith(AT_RULES):
            continue
        elif head.startswith(("@media", "@supports", "@keyframes", "@-webkit-keyframes")):
            inner = lower(body)
            if inner and not any(word in head for word in ("selector(:has", "color-mix")):
                yield f"{head}{{{inner}}}"
        else:
            selectors = [part for whole in split(head, ",") for part in _spread(whole)]
            known = [part for part in selectors if _is_known(part)]
            declared = ";".join(_declarations(body))
            if known and declared:
                yield f"{','.join(known)}{{{declared}}}"


def _declarations(body: str) -> Iterator[str]:
    for declaration in split(body, ";"):
        name, colon, value = declaration.partition(":")
        value = OKLCH.sub(_hex, _light(value))
        if colon and name.strip() not in PROPERTIES and not _is_new(value):
            yield f"{name.strip()}:{value.strip()}"


def _is_new(value: str) -> bool:
    bare = re.sub(r'url\((".*?"|.*?)\)', "", value)
    return any(word in bare for word in VALUES) or bool(UNIT.search(bare))


def _is_known(selector: str) -> bool:
    lists = (
        split(found, ",") for found in re.findall(r":not\(((?:[^()]|\([^()]*\))*)\)", selector)
    )
    return not any(word in selector for word in (*SELECTORS, ":is(")) and all(
        len(parts) == 1 and re.fullmatch(r"\s*[^\s>+~]+\s*", parts[0]) for parts in lists
    )


def _spread(selector: str) -> list[str]:
    """Return a selector for each choice of its first `:is()`; inside `:not()` it stays."""
    before, found, rest = selector.partition(":is(")
    if not found or before.count("(") > before.count(")"):
        return [selector]
    inner, after = _closed(rest)
    return [
        whole
        for choice in split(inner, ",")
        for whole in _spread(_joined(before, choice.strip(), after))
    ]


def _joined(before: str, choice: str, after: str) -> str:
    """Put a choice of `:is()` in its place: a name of an element has to stand first."""
    simple = choice[:1] in ".#:[" or before[-1:] in ("", " ", ">", "+", "~")
    fits = simple and not re.search(r"[\s>+~]", choice)
    return f"{before}{choice}{after}" if fits else f"{before}:has(never){after}"


def _light(value: str) -> str:
    """Return the value with the first choice of each `light-dark()`; the dark has its own sheet."""
    before, found, rest = value.partition("light-dark(")
    if not found:
        return value
    inner, after = _closed(rest)
    return before + _light(split(inner, ",")[0].strip()) + _light(after)


def _hex(found: re.Match[str]) -> str:
    """Return an opaque oklch() colour in hexadecimal, clipped to sRGB; in a data URL, its sign."""
    light, chroma = float(found[2]) / 100, float(found[3])
    hue = math.radians(0 if found[4] == "none" else float(found[4]))
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    sign = "#" if found[1] == "(" else "%23"
    return sign + "".join(f"{round(_gamma(part) * 255):02x}" for part in linear)


def _gamma(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def blocks(sheet: str) -> Iterator[tuple[str, str | None]]:
    """Yield what stands before each brace and inside it; None where a semicolon ends a rule."""
    head, body, depth = "", "", 0
    for piece in PIECE.findall(sheet):
        if piece.startswith("/*"):
            continue
        if piece == "{":
            depth += 1
            body += piece if depth > 1 else ""
        elif piece == "}":
            depth -= 1
            if depth == 0:
                yield head.strip(), body
                head = body = ""
            else:
                body += piece
        elif depth:
            body += piece
        elif piece == ";":
            yield head.strip(), None
            head = ""
        else:
            head += piece


def split(text: str, sign: str) -> list[str]:
    """Return the parts of `text` between signs that stand in no brackets and no quotes."""
    parts, depth = [""], 0
    for piece in PIECE.findall(text):
        depth += (piece in "([") - (piece in ")]")
        if piece == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part for part in parts if part.strip()]


def _closed(text: str) -> tuple[str, str]:
    """Return what stands before the bracket that closes, and what follows it."""
    depth = 1
    for at, sign in enumerate(text):
        depth += (sign in "(") - (sign in ")")
        if depth == 0:
            return text[:at], text[at + 1 :]
    return text, ""
