"""A small SMTP server on the loopback, in a thread: it says what the test tells it to say."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class SmtpTwin:
    """`replies` maps a verb (MAIL, RCPT, DATA, QUIT, « . » for the end of data) to an answer."""

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    silent_after_connect: float = 0
    received: list[bytes] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        twin: SmtpTwin = self.server.twin  # type: ignore[attr-defined]
        time.sleep(twin.silent_after_connect)
        self._say("220 jumeau.example")
        while line := self.rfile.readline():
            verb = line.split()[0].decode().upper() if line.split() else ""
            twin.verbs.append(verb)
            self._answer(twin, verb)
            if verb == "QUIT":
                return

    def _answer(self, twin: SmtpTwin, verb: str) -> None:
        if verb == "EHLO":
            self._say("250-jumeau.example\r\n250 AUTH PLAIN")
        elif verb == "DATA" and verb not in twin.replies:
            self._say("354 allez")
            data = self._data()
            answer = twin.replies.get(".", "250 accepté")
            if answer.startswith("250"):
                twin.received.append(data)
            self._say(answer)
        else:
            self._say(twin.replies.get(verb, "250 bien"))

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up (the timeout test) is not news."""


@contextmanager
def smtp_twin(**settings: object) -> Iterator[SmtpTwin]:
    twin = SmtpTwin(**settings)  # type: ignore[arg-type]
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.twin = twin  # type: ignore[attr-defined]
        server.block_on_close = False
        twin.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield twin
        server.shutdown()
