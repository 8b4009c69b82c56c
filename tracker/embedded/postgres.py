"""The embedded PostgreSQL: made, started, given its roles, stopped."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from tracker.embedded.account import supervisor_name
from tracker.embedded.binaries import POSTGRES_MAJOR
from tracker.embedded.place import Place
from tracker.embedded.refusal import Refusal
from tracker.embedded.roles import make_roles
from tracker.embedded.server import Server

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "Asia/Shanghai",
}
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    """One cluster in one folder."""

    name = "PostgreSQL"
    program = "postgres"
    # An immediate stop loses nothing either: the next start recovers from the log.
    stop_steps = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
    death_signal = signal.SIGINT

    def __init__(self, place: Place, *, fast: bool) -> None:
        super().__init__(place, place.home / "postgres", place.logs / "postgres.log")
        self.fast = fast
        self.settings = SETTINGS | {"unix_socket_directories": str(place.run_dir)}
        if fast:
            self.settings |= UNSAFE_BUT_FAST

    def prepare(self) -> None:
        """Make the cluster if there is none and say who may connect."""
        if not self.data.exists():
            self._initdb()
        user = supervisor_name().replace('"', '""')
        if not self.place.account.attempt(lambda: _refresh(self.data, self.place.run_dir, user)):
            message = (
                f"数据库目录 {self.data} 用不了：它不属于用户 {self.place.account.name}，"
                f"或不是 PostgreSQL {POSTGRES_MAJOR} 的目录。"
            )
            raise Refusal(message)

    def argv(self) -> list[str]:
        """Return the command line; argument lists need no quoting of blanks or Chinese."""
        options = [part for pair in self.settings.items() for part in ("-c", "=".join(pair))]
        return [str(self.place.binaries.postgres), "-D", str(self.data), *options]

    def answers(self) -> bool:
        """Say whether connections are accepted."""
        with contextlib.suppress(psycopg.OperationalError), self._connect():
            return True
        return False

    def furnish(self) -> None:
        """Make the two roles and the database."""
        with self._connect() as connection:
            make_roles(connection, may_create_databases=self.fast)

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.place.run_dir),
            port=5432,
            user=SUPERUSER,
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        )

    def _initdb(self) -> None:
        """Make the cluster beside its place and rename it: a half-made one is never used."""
        new = self.data.with_name("postgres.new")
        account = self.place.account
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if account.switch:
            os.chown(new, account.uid, account.gid)
        argv = [str(self.place.binaries.initdb), "-D", str(new), "-U", SUPERUSER, "-E", "UTF8"]
        argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer"]
        argv += ["--no-instructions", *(["--no-sync"] if self.fast else [])]
        made = subprocess.run(  # noqa: S603 - our own program
            argv,
            cwd=self.place.home,
            env=account.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **account.popen_arguments(),
        )
        if made.returncode != 0:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(made.stdout)
            lines = [line for line in made.stdout.splitlines() if "error" in line.lower()]
            raise Refusal(f"建不了数据库目录 {self.data}：{'；'.join(lines)}（详见 {self.log}）")
        new.rename(self.data)


def _refresh(data: Path, run_dir: Path, user: str) -> bool:
    """Write who may connect and clear what a crash left. Runs as the servers' account."""
    try:
        if (data / "PG_VERSION").read_text(encoding="ascii").strip() != POSTGRES_MAJOR:
            return False
        _write(data / "pg_hba.conf", "local all all peer map=tracker\n")
        _write(data / "pg_ident.conf", f'tracker "{user}" all\n')
        # Nobody is at work in this folder (Server.start looked): the pid in these files, dead,
        # a zombie or reused by a stranger, would only make the server refuse to start.
        socket = run_dir / ".s.PGSQL.5432"
        for stale in (data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
            stale.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
