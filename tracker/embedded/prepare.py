"""Everything between the servers and the site, in one process: Django is imported once.

Runs as `python -m tracker.embedded.prepare` with DATABASE_URL of the tables' owner and APP_URL of
the role that runs the site.
"""

import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tracker.embedded.commands import sentence_of
from tracker.embedded.refusal import Refusal
from tracker.embedded.roles import grant
from tracker.embedded.steps import say, step

CHECKOUT = Path(__file__).resolve().parent.parent.parent
STATIC_STAMP = ".made-from"
EXPLAINED = 3  # the exit code when the reason has been said


def main() -> int:
    """Migrate, grant, load, translate, collect; EXPLAINED with a sentence if something refuses."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    os.environ["EMAIL_URL"] = "dummymail://"  # the demo's own acts write to nobody
    import django
    from django.core.management.base import CommandError

    try:
        django.setup()
        prepare()
    except (CommandError, Refusal) as error:
        sys.stderr.write(f"{error}\n")
        return EXPLAINED
    except Exception as error:
        sentence = sentence_of(error, os.environ)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        return EXPLAINED
    return 0


def prepare() -> None:
    """Do the steps in their order; each leaves alone what is done already."""
    demo = os.environ.get("DEMO") == "1"
    with step("数据库结构") as detail:
        detail.text = command("migrate", "--no-input", last_line=_migrated)
        grant(os.environ["DATABASE_URL"], os.environ["APP_URL"])
    refuse_mixing(demo=demo)
    with step("译文"):
        command("translations", "compile")
    load_and_track(demo=demo)
    if demo:
        with step("演示数据") as detail:
            detail.text = command("make_demo")
        with step("当日提醒") as detail:
            detail.text = command("send_reminders")
    with step("静态文件") as detail:
        detail.text = collect_static()
    warn_of_calendar()


def load_and_track(*, demo: bool) -> None:
    """Load the plans and track those that came with it, both or neither.

    Of plans that were here before the office decides whether and from when they are tracked.
    """
    from django.db import transaction

    from tasks.models import Plan

    with transaction.atomic():
        known = set(Plan.objects.values_list("code", flat=True))
        with step("方案与单位") as detail:
            detail.text = command("load_plans")
        new = sorted(set(Plan.objects.values_list("code", flat=True)) - known)
        with step("启用季度") as detail:
            since = ["--from", "2022Q2", "--reminders-from", "2022-06-01"] if demo else []
            only = [word for code in new for word in ("--plan", code)]
            track = ("start_tracking", *since, *only)
            detail.text = command(*track) if new else command("open_periods")


def refuse_mixing(*, demo: bool) -> None:
    """Refuse demo accounts on a clean start, and a demo among people's own data."""
    from tasks.services.demo import is_made, is_used

    if not demo and is_made():
        raise Refusal(
            "这里是演示数据，其中的账号人人可用，不能按 DEMO=0 运行：请换一个 DATA_DIR"
            "（或 DATABASE_URL），例如 make run DEMO=0 DATA_DIR=./var-clean。"
        )
    if demo and not is_made() and is_used():
        raise Refusal(
            "这里已有正式的人员或填报，不能加入演示数据：请用 make run DEMO=0，"
            "或换一个 DATA_DIR（或 DATABASE_URL），例如 make run DATA_DIR=./var-demo。"
        )


def warn_of_calendar() -> None:
    """Say which year's working days are only guessed: dates in it may move."""
    from tracker.checks import missing_calendars
    from tracker.lib.workdays import today

    for warning in missing_calendars(today()):
        say(f"  ! {warning.msg}{warning.hint}")


def command(name: str, *arguments: str, last_line: Callable[[str], str] | None = None) -> str:
    """Run a management command and return the last line that it wrote."""
    from django.core.management import call_command

    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    lines = [line.strip() for line in out.getvalue().splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    return last_line(last) if last_line else last


def _migrated(last: str) -> str:
    return "" if last.startswith("Applying") else "无变化"


def collect_static() -> str:
    """Collect static files when one of their sources is not what it was."""
    from django.conf import settings

    root = Path(settings.STATIC_ROOT)
    wanted = static_digest()
    stamp = root / STATIC_STAMP
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return "无变化"
    command("collectstatic", "--no-input", "--clear")
    stamp.write_text(wanted, encoding="ascii")
    return ""


def static_digest() -> str:
    """Return a digest of names, sizes and times of all static sources."""
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for app in ("tracker", "units", "tasks", "reports"):
        for path in sorted((CHECKOUT / app / "static").rglob("*")):
            found = path.stat()
            name = path.relative_to(CHECKOUT)
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    code = main()
    if code == 0:
        say("  ✓ 准备完毕")
    sys.exit(code)
