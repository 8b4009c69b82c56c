"""`python -m tracker.embedded with|run …`: what the Makefile calls."""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.embedded.outside import check_servers
from tracker.embedded.process import run_between_signals, stop_on_signals
from tracker.embedded.refusal import Refusal
from tracker.embedded.servers import LOCK, Servers, is_locked, locked

TEMPORARY = "tanzetong-test-"
YOUNG_SECONDS = 60


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two commands; a refusal is one sentence and exit 1."""
    options = _parser().parse_args(arguments)
    stop_on_signals()
    try:
        if options.command == "run":
            from tracker.embedded.run import run

            return run(dict(os.environ), end_with_parent=options.end_with_parent)
        return with_servers(options.data_dir, options.run, fast=options.fast)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def with_servers(data_dir: Path | None, command: list[str], *, fast: bool) -> int:
    """Run a command with the servers that its environment lacks; return its exit code."""
    env = dict(os.environ)
    check_servers(env)
    with (
        _folder(data_dir) as folder,
        locked(folder),
        Servers(folder, env=env, fast=fast) as servers,
    ):
        env = {name: value for name, value in env.items() if not _is_libpq(name)}
        env |= servers.urls | {"DATA_DIR": str(folder)}
        env.setdefault("TRACKER_ENV", "local")
        return run_between_signals(command, env)


def _is_libpq(name: str) -> bool:
    return name in {"PGPORT", "PGHOST", "PGUSER", "PGSERVICE", "PGOPTIONS", "PGDATABASE"}


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """Yield the given folder, or one of our own that is removed afterwards."""
    if given is not None:
        yield given.resolve()
        return
    base = Path(tempfile.gettempdir()).resolve()
    _remove_abandoned(base)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=base))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # the servers' account passes through
    (folder / LOCK).touch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(base: Path) -> None:
    """Remove the folders of killed runs; a young one may be about to take its lock."""
    for old in base.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(FileNotFoundError):
            found = old.lstat()
            young = time.time() - found.st_mtime < YOUNG_SECONDS
            if found.st_uid == os.geteuid() and not young and not is_locked(old):
                shutil.rmtree(old, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tracker.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="set up, start web, worker and beat")
    run.add_argument("--end-with-parent", action="store_true", help="end when make is killed")
    within = commands.add_parser("with", help="run a command with servers of its own")
    within.add_argument("--data-dir", type=Path, help="a temporary folder if left out")
    within.add_argument("--fast", action="store_true", help="for tests: nothing is synced")
    within.add_argument("run", nargs="+", metavar="COMMAND", help="after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
