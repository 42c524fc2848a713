"""A gateway between a client and the S3 server: forwards requests, notes them, and misbehaves if told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.s3_server import Storage

Refusal = tuple[int, str]
Manners = Callable[[str, str], Refusal | bytes | None]
"""From method and target to what is answered instead: a status with S3's code for it, a body for 200, or None to
forward it.
"""


class Gateway:
    """`asked` has each request as “GET /bucket/name?query”; `manners` may be set at any time."""

    def __init__(self, storage: Storage) -> None:
        self.asked: list[str] = []
        self.manners: Manners = lambda _method, _target: None
        self._to = urlsplit(storage.endpoint)
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _hand_on(self) -> None:
                gateway._handle(self)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _hand_on  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def opened(self) -> Iterator[Gateway]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def _handle(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        self.asked.append(f"{asked.command} {asked.path}")
        match self.manners(asked.command, asked.path):
            case bytes() as said:
                self._answer(asked, 200, said)
            case (status, code):
                self._answer(asked, status, f"<Error><Code>{code}</Code></Error>".encode() if code else b"")
            case _:
                self._forward(asked, body)

    def _forward(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        connection = HTTPConnection(self._to.hostname or "", self._to.port or 0)
        # With the host that was signed.
        connection.request(asked.command, asked.path, body, dict(asked.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        said = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in ("transfer-encoding", "connection")
        ]
        self._answer(asked, answer.status, content, said)

    def _answer(
        self, asked: BaseHTTPRequestHandler, status: int, content: bytes, headers: list[tuple[str, str]] | None = None
    ) -> None:
        asked.send_response_only(status)
        told = headers or []
        for name, value in told:
            asked.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in told) and status != 204:
            asked.send_header("Content-Length", str(len(content)))
        asked.end_headers()
        if asked.command != "HEAD":
            asked.wfile.write(content)
