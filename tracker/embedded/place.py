"""Where the servers keep their data and sockets, so that their account can reach them."""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tracker.embedded import binaries
from tracker.embedded.account import Account, choose
from tracker.embedded.binaries import Binaries
from tracker.embedded.refusal import Refusal

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# A socket's path has 107 bytes; "/.s.PGSQL.5432" and its lock file need their part of them.
SOCKET_FOLDER_BYTES = 100 - len("/.s.PGSQL.5432")
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
PRIVATE_BASES = ("/var/tmp", tempfile.gettempdir(), "/var/lib", "/srv")  # noqa: S108 - 0700 inside
NOTE = "servers-are-at"
OURS = ("files", "mailbox", "static", "log")


@dataclass(frozen=True)
class Place:
    """Folders of one pair of servers."""

    data_dir: Path
    home: Path
    run_dir: Path
    account: Account
    binaries: Binaries

    @property
    def logs(self) -> Path:
        """Logs stay with the supervisor: the servers inherit the open files."""
        return self.data_dir / "log"

    @property
    def is_elsewhere(self) -> bool:
        """Say whether the data had to leave DATA_DIR."""
        return self.home != self.data_dir


def settle(data_dir: Path) -> Place:
    """Choose and make the folders; what is chosen once stays chosen (a note in DATA_DIR)."""
    make_data_dir(data_dir)
    note = data_dir / NOTE
    noted = Path(note.read_text(encoding="utf-8").strip()) if note.exists() else None
    homes = (noted,) if noted is not None and noted.is_dir() else (data_dir,)
    account = choose(tuple(home / "postgres" for home in homes))
    home = homes[0]
    if home == data_dir and not account.reaches(data_dir):
        home = private_folder(data_dir, account)
        note.write_text(f"{home}\n", encoding="utf-8")
    programs = binaries.installed()
    if not all(account.reaches(program) for program in programs.programs()):
        target = private_folder(data_dir, account) if _noexec(home) else home
        programs = binaries.copied(programs, target)
    owned_folder(home / "valkey", account)
    (data_dir / "log").mkdir(mode=0o700, exist_ok=True)
    return Place(data_dir, home, _run_dir(home, data_dir, account), account, programs)


def make_data_dir(data_dir: Path) -> None:
    """Make DATA_DIR; as root others may pass through it, to folders of their own, not look."""
    try:
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        writable = os.access(data_dir, os.W_OK | os.X_OK)
    except OSError as error:
        message = f"DATA_DIR {data_dir} 建不了：{error.strerror}。请换一个可写的 DATA_DIR。"
        raise Refusal(message) from error
    if not writable:
        raise Refusal(f"DATA_DIR {data_dir} 不可写：请换一个 DATA_DIR，或换用其属主运行。")


def close_folders(data_dir: Path) -> None:
    """Keep what the site writes into DATA_DIR from the machine's other accounts."""
    make_data_dir(data_dir)
    for name in OURS:
        (data_dir / name).mkdir(mode=0o700, exist_ok=True)
        (data_dir / name).chmod(0o700)
    for schedule in data_dir.glob("beat*"):
        schedule.chmod(0o600)


def fingerprint(data_dir: Path) -> str:
    """Name one checkout with one DATA_DIR, short enough for a socket's path."""
    return hashlib.sha256(f"{CHECKOUT}\0{data_dir}".encode()).hexdigest()[:12]


def owned_folder(folder: Path, account: Account) -> None:
    """Make a 0700 folder of the account; refuse one that someone else has put there."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account.switch:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o022:
        message = (
            f"{folder} 已存在，但不是用户 {account.name} 独有的目录："
            "请用它的属主运行，或换一个 DATA_DIR。"
        )
        raise Refusal(message)


def private_folder(data_dir: Path, account: Account) -> Path:
    """Return a 0700 folder of the account, outside of what it cannot reach."""
    for base in map(Path, PRIVATE_BASES):
        if base.is_dir() and account.reaches(base) and not _noexec(base):
            folder = base / f"tanzetong-{fingerprint(data_dir)}"
            owned_folder(folder, account)
            return folder
    raise Refusal(f"找不到用户 {account.name} 可用的目录：请把 DATA_DIR 放在它能进入的地方。")


def _noexec(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_NOEXEC)


def _run_dir(home: Path, data_dir: Path, account: Account) -> Path:
    """Return the folder of the sockets: in `home`, or elsewhere if its path is unfit."""
    folder = home / "run"
    if not _fits(folder):
        base = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
        if not (base.is_absolute() and account.reaches(base, os.W_OK | os.X_OK)):
            base = Path(tempfile.gettempdir())
        folder = base / f"tanzetong-run-{account.uid}-{fingerprint(data_dir)}"
    if not _fits(folder):
        folder = Path("/tmp") / folder.name  # noqa: S108 - a 0700 folder is made there
    owned_folder(folder, account)
    return folder


def _fits(folder: Path) -> bool:
    text = str(folder)
    return len(os.fsencode(text)) <= SOCKET_FOLDER_BYTES and bool(PLAIN_PATH.fullmatch(text))
