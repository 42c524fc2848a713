"""A real SMTP server on this machine, by aiosmtpd, which answers, falls silent and hangs up as told."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOST, SILENT = "lost", "silent"
NAME, PASSWORD = "steward", "pass/word:1"


@dataclass
class PostOffice:
    """`script` says what happens at a step: an answer, `LOST` or `SILENT`. Steps are `greeting`, the commands, `go on`
    before the text, and `text`. `arrived` is what was accepted, `heard` every command received, `reached` the steps
    that were reached.
    """

    script: dict[str, str] = field(default_factory=dict)
    arrived: list[Envelope] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    reached: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    tls: ssl.SSLContext | None = None
    wants_login: bool = False
    methods: tuple[str, ...] = ("LOGIN", "PLAIN")
    port: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        return [read(one) for one in self.arrived]

    @asynccontextmanager
    async def open(self, *, tls_alone: bool = False) -> AsyncIterator[PostOffice]:
        counters: list[Counter] = []

        def counter() -> Counter:
            counters.append(Counter(self, tls_alone=tls_alone))
            return counters[-1]

        outer = self.tls if tls_alone else None
        server = await asyncio.get_running_loop().create_server(counter, "127.0.0.1", 0, ssl=outer)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for one in counters:
                await one.shut()

    def checked(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (NAME.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, server: Counter, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        doing = self.script.get("text", "250 2.0.0 Ok: queued as 4XyZ1")
        if doing in (LOST, SILENT):
            self.arrived.append(envelope)  # accepted, though the client never hears so
            self.reached["text"].set()
            await server.troubled("text")
            await asyncio.Event().wait()
        if doing.startswith("2"):
            self.arrived.append(envelope)
        return doing


class Counter(SMTP):
    """One connection."""

    def __init__(self, office: PostOffice, *, tls_alone: bool) -> None:
        self.office = office
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a login without TLS, which is what some tests are about
            super().__init__(
                office, hostname="mail.example.com", timeout=3600, authenticator=office.checked,
                tls_context=None if tls_alone else office.tls, auth_required=office.wants_login,
                auth_require_tls=office.tls is not None and not tls_alone,
                auth_exclude_mechanism=[one for one in ("LOGIN", "PLAIN") if one not in office.methods],
            )  # fmt: skip

        for step in ("EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"):
            self._smtp_methods[step] = partial(self._stepped, step, self._smtp_methods[step])

    async def shut(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._hang_up()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])

    def _hang_up(self) -> None:
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()

    async def push(self, status: Any) -> None:
        if str(status).startswith("220 mail.") and await self.troubled("greeting"):
            return
        await super().push(status)
        if str(status).startswith("354 ") and self.office.script.get("go on") == LOST:
            self._hang_up()

    async def troubled(self, step: str) -> bool:
        """Return True if something other than usual happens."""
        doing = self.office.script.get(step)
        if doing == LOST:
            self._hang_up()
        elif doing is not None and doing != SILENT:
            await super().push(doing)
        return doing is not None

    async def _stepped(self, step: str, usual: Any, arg: str | None) -> None:
        self.office.heard.append(f"{step} {arg or ''}".rstrip())
        self.office.reached[step].set()
        if not await self.troubled(step):
            await usual(arg)


def read(envelope: Envelope) -> EmailMessage:
    """Return the message as its recipient reads it."""
    content = envelope.content
    assert isinstance(content, bytes)
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def bodies(message: EmailMessage) -> tuple[str, str]:
    """Plain text and HTML."""
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()).replace("\r\n", "\n"), str(html.get_content()).replace("\r\n", "\n")
