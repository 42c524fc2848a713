"""Asterisk's manager interface (AMI): its address, logging in, asking, and reading all of the answer."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.ports import Absent, Unavailable
from bot.recorders.tree import audio_names, is_inside, open_for_reading

T = TypeVar("T")
CONNECT, ACTION, WHOLE = 3.0, 3.0, 7.0
"""Seconds to connect, for one answer, and for everything asked on one connection: ten together."""
MOST_BYTES = 8_000_000
"""Bytes of all answers on one connection; a thousand channels need a quarter of it."""
_LINE = 65_536  # bytes of the longest line
# For each action, the permission in manager.conf that it takes.
_WANTED = {
    "Status": "call or reporting", "Command": "command", "Setvar": "call", "StopMixMonitor": "call",
}  # fmt: skip

FORGED = "I can't trust Asterisk's list of channels: a caller's number has a line break in it."


class Refusal(Exception):
    """Asterisk answered that it did not do what was asked; `words` are its own."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Account:
    """Where Asterisk is reached, and as whom; the secret is never shown."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)

    @property
    def place(self) -> str:
        """Such as 127.0.0.1:5038."""
        return f"{self.host}:{self.port}"


Message = dict[str, list[str]]
"""One answer or event: each header with all its values, in the order in which they came."""


def first_value(message: Message, header: str) -> str:
    """Return the first value of a header; later ones may come from a channel's variable, and so from anyone."""
    return message.get(header, [""])[0]


class Session:
    """One logged-in connection to Asterisk. Every method raises `Unavailable`; `ask` raises `Refusal` too."""

    def __init__(self, account: Account, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._account, self._reader, self._writer = account, reader, writer
        self._left = MOST_BYTES

    async def log_in(self) -> None:
        """Greet and log in; raises `Unavailable` in a sentence that says which setting to fix."""
        greeting = await self._within_patience(self._read_line())
        if not greeting.startswith("Asterisk Call Manager"):
            raise Unavailable(f"Something other than Asterisk's manager interface answers at {self._account.place}.")
        try:
            await self.ask("Login", Username=self._account.user, Secret=self._account.secret, Events="off")
        except Refusal as why:
            raise Unavailable(
                f"Asterisk at {self._account.place} doesn't let “{self._account.user}” in: check ASTERISK_AMI_SECRET, the name in RECORDINGS_URL, and the account's permit= in manager.conf."
            ) from why

    async def ask(self, action: str, **fields: str) -> list[Message]:
        """Return the answer to an action, with the events that belong to it; raises `Refusal` if Asterisk did not do it."""
        action_id = secrets.token_hex(8)
        lines = [f"Action: {action}", f"ActionID: {action_id}", *(f"{key}: {value}" for key, value in fields.items())]
        if any("\r" in line or "\n" in line or "\0" in line for line in lines):
            raise Refusal("I didn't send a value with a line break in it.")
        self._writer.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode("utf-8", "surrogateescape"))
        answers = await self._within_patience(self._read_answers(action_id))
        if first_value(answers[0], "Response") == "Error":
            words = first_value(answers[0], "Message")
            if words == "Permission denied":
                raise Unavailable(
                    f"Asterisk doesn't let “{self._account.user}” do {action}: add {_WANTED.get(action, 'that')} to its "
                    f"write= in manager.conf."
                )
            raise Refusal(words)
        return answers

    async def command(self, line: str) -> list[str]:
        """Return the lines that the command line of Asterisk answers."""
        try:
            [answer, *_] = await self.ask("Command", Command=line)
        except Refusal as why:
            raise Unavailable(f"Asterisk didn't answer “{line.split(' ', 2)[0]}”: {why.words}.") from why
        return answer.get("Output", [])

    async def _read_answers(self, action_id: str) -> list[Message]:
        """Read until the answer to this action is complete; other messages are passed over."""
        await self._writer.drain()
        answers: list[Message] = []
        while True:
            message = await self._read_message()
            if message.get("ActionID") != [action_id]:
                if first_value(message, "Event") == "Status":  # half of a channel, and the other half may say anything
                    raise Unavailable(FORGED)
                continue
            answers.append(message)
            is_list = first_value(answers[0], "EventList").lower() == "start"
            if not is_list or first_value(message, "EventList").lower() in ("complete", "cancelled"):
                return answers

    async def _read_message(self) -> Message:
        """Read one answer or event: header lines up to an empty line."""
        message: Message = {}
        while line := await self._read_line():
            key, colon, value = line.partition(":")
            if colon:
                message.setdefault(key, []).append(value.removeprefix(" "))
        return message

    async def _read_line(self) -> str:
        """Read one line without its end; raises `Unavailable` once all answers together are too long."""
        line = await self._reader.readuntil(b"\r\n")
        self._left -= len(line)
        if self._left < 0:
            raise Unavailable(f"Asterisk at {self._account.place} sends more than I can read.")
        return line[:-2].decode("utf-8", "surrogateescape")

    async def _within_patience(self, work: Awaitable[T]) -> T:
        """Wait for an answer; a connection that is slow, closed or unreadable raises `Unavailable`."""
        try:
            async with asyncio.timeout(ACTION):
                return await work
        except TimeoutError as why:
            raise Unavailable(f"Asterisk at {self._account.place} doesn't answer.") from why
        except (OSError, asyncio.IncompleteReadError) as why:
            raise Unavailable(f"Asterisk at {self._account.place} closed the connection.") from why
        except (ValueError, asyncio.LimitOverrunError) as why:
            raise Unavailable(f"I can't read the answer of Asterisk at {self._account.place}.") from why


@asynccontextmanager
async def open_session(account: Account) -> AsyncIterator[Session]:
    """Open a new logged-in connection for one piece of work, so that a restart of Asterisk needs no recovery."""
    try:
        async with asyncio.timeout(CONNECT):
            reader, writer = await asyncio.open_connection(account.host, account.port, limit=_LINE)
    except (OSError, TimeoutError) as why:
        raise Unavailable(f"I can't reach Asterisk at {account.place}: is it running, with AMI enabled?") from why
    try:
        async with asyncio.timeout(WHOLE):
            opened = Session(account, reader, writer)
            await opened.log_in()
            yield opened
    except TimeoutError as why:
        raise Unavailable(f"Asterisk at {account.place} is too slow.") from why
    finally:
        writer.close()


SPOOL = "/var/spool/asterisk/monitor"
CDR = "/var/log/asterisk/cdr-custom/recording-steward.csv"
EXAMPLE = f"asterisk://steward@127.0.0.1:5038/?spool={SPOOL}&cdr={CDR}"
PORT = 5038


class AsteriskSecrets(BaseSettings):
    """The secret that logs the bot in, read from the environment; it's in no address and in no log."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    asterisk_ami_secret: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class AsteriskAddress:
    """What RECORDINGS_URL says of an Asterisk, with the secret."""

    account: Account
    spool: Spool
    cdr: str


def read_address(url: str) -> AsteriskAddress:
    """Read an address such as `EXAMPLE`; ValueError says what to fix, and never repeats the secret."""
    parts = urlsplit(url)
    if parts.password is not None:
        raise ValueError("RECORDINGS_URL has a password in it. Move it to ASTERISK_AMI_SECRET.")
    try:
        host, port = parts.hostname, parts.port or PORT
    except ValueError as why:
        raise ValueError(f"RECORDINGS_URL has no usable port. Write it like {EXAMPLE}.") from why
    if not (host and parts.username) or parts.path not in ("", "/") or parts.fragment:
        raise ValueError(
            f"RECORDINGS_URL must name an account and a machine, and nothing else. Write it like {EXAMPLE}."
        )
    spool, in_asterisk, cdr = _read_places(parts.query)
    secret = AsteriskSecrets().asterisk_ami_secret
    if secret is None:
        raise ValueError("ASTERISK_AMI_SECRET is missing: it is the secret= of the account in Asterisk's manager.conf.")
    account = Account(host, port, unquote(parts.username), secret.get_secret_value())
    if any(sign in f"{account.user}{account.secret}" for sign in "\r\n\0"):
        raise ValueError("ASTERISK_AMI_SECRET or the name in RECORDINGS_URL has a line break in it. Take it out.")
    return AsteriskAddress(account, Spool(spool, in_asterisk), cdr)


def _read_places(query: str) -> tuple[str, str, str]:
    """Return the spool from here, the spool as Asterisk calls it, and the CDR file. Raises ValueError."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    if odd := options.keys() - {"spool", "spool_in_asterisk", "cdr"}:
        raise ValueError(f"RECORDINGS_URL has {min(odd)!r} in it. It takes only spool, spool_in_asterisk and cdr.")
    spool, cdr = options.get("spool", SPOOL), options.get("cdr", CDR)
    in_asterisk = options.get("spool_in_asterisk", spool)
    if not all(Path(one).is_absolute() for one in (spool, cdr, in_asterisk)):
        raise ValueError(f"RECORDINGS_URL needs full paths, beginning with a slash. Write it like {EXAMPLE}.")
    return str(Path(spool)), str(Path(in_asterisk)), cdr


WATCHED = 2.3
"""Seconds. Asterisk writes 32,768 bytes at a time: of a .wav, 16,000 bytes a second, that is every 2.05 seconds."""
WATCHABLE = "wav"
"""The ending for which such a watch is reliable; a .gsm is written only every twenty seconds."""
UNPLAYABLE = ("gsm", "ulaw", "ul", "pcm", "alaw", "al", "sln", "sln16", "raw", "wav16", "wav49", "g722", "opus")
"""Other endings that Asterisk records under; no browser plays them."""


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder in which Asterisk records: `root` is its path from here, `path_in_asterisk` what Asterisk calls it."""

    root: str
    path_in_asterisk: str

    def below(self, path: str) -> str:
        """Return the name of a file below the folder; empty if it's elsewhere. `path` may lack its ending."""
        name = path.removeprefix(f"{self.path_in_asterisk.rstrip('/')}/") if path.startswith("/") else path
        return name if is_inside(name) else ""

    def files(self, stem: str) -> tuple[str, ...]:
        """Return the existing files of one MixMonitor; Asterisk names them without their ending."""
        name = self.below(stem)
        if not name:
            return ()
        candidates = (*audio_names(name), *(f"{name}.{one}" for one in UNPLAYABLE))
        return tuple(one for one in candidates if self.size(one) is not None)

    def size(self, name: str) -> int | None:
        """Return the bytes of a file below the folder; None if there is none. Raises `Unavailable`."""
        try:
            with open_for_reading(self.root, name) as file:
                return os.fstat(file.fileno()).st_size
        except Absent:
            return None
