"""A real HTTP server on loopback that answers as told, and the scene of the reminders."""

import ipaddress
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.tasks.reminders.conftest import digest, post, rung, scene, scenes

__all__ = ["digest", "post", "rung", "scene", "scenes"]

WELL = json.dumps({"errcode": 0, "errmsg": "ok"}).encode()


@dataclass
class Call:
    """What came in."""

    path: str
    heads: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Hook:
    """The server: answers, and what it got."""

    port: int = 0
    status: int = 200
    body: bytes = WELL
    heads: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    drip: threading.Event | None = None  # answers a byte now and then until it is set

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=secret-key-1234"


@pytest.fixture
def outer(settings: Any) -> None:
    """The settings of production: nothing inside is called."""
    settings.WEBHOOK_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = [], False


@pytest.fixture
def hook(settings: Any) -> Iterator[Hook]:
    """Allowed by setting."""
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_PLAIN_HTTP = True
    told = Hook()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            told.calls.append(Call(self.path, dict(self.headers), self.rfile.read(size)))
            if told.drip is not None:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not told.drip.wait(0.05):
                    self.wfile.write(b"a")
                return
            self.send_response(told.status)
            for name, value in told.heads.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who was cut off is no news."""

    server = Server(("127.0.0.1", 0), Answering)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        if told.drip is not None:
            told.drip.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gateway(hook: Hook, settings: Any) -> Hook:
    settings.GATEWAY_URL, settings.GATEWAY_SECRET = hook.url, "gateway-secret"
    settings.SITE_URL = "https://tracker.example.org"
    return hook
