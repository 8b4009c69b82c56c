"""The embedded Valkey, which speaks Redis' protocol: the broker and the cache."""

import contextlib
import signal

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tracker.embedded.place import Place
from tracker.embedded.server import Server

NO_RETRY = Retry(NoBackoff(), 0)


class Valkey(Server):
    """One broker in one folder."""

    name = "Valkey"
    program = "valkey-server"
    stop_steps = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))
    death_signal = signal.SIGTERM

    def __init__(self, place: Place, *, fast: bool) -> None:
        super().__init__(place, place.home / "valkey", place.logs / "valkey.log")
        self.socket = place.run_dir / "valkey.sock"
        self.fast = fast

    def prepare(self) -> None:
        """Its folder was made with the place; remove the socket of an earlier life."""
        self.place.account.attempt(lambda: self.socket.unlink(missing_ok=True))

    def argv(self) -> list[str]:
        """Return the command line: a socket of ours alone, and what was queued kept on disk."""
        return [
            str(self.place.binaries.valkey),
            *("--port", "0"),
            *("--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700"),
            *("--dir", str(self.data)),
            *("--appendonly", "no" if self.fast else "yes"),
            *("--appendfsync", "everysec"),
            *("--maxmemory-policy", "noeviction"),
            *("--save", ""),
            *("--daemonize", "no"),
        ]

    def answers(self) -> bool:
        """Say whether it answers; it does not while it loads."""
        with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
            client = redis.Redis(unix_socket_path=str(self.socket), retry=NO_RETRY)
            try:
                return bool(client.ping())
            finally:
                client.close()
        return False
