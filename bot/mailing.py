"""The third door to the outside, a mailbox: what a letter is, how it goes out, and what may become of it (P8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one address, ready to go out, as plain text and as HTML that say the same.

    `message_id` is that of RFC 5322, with its angle brackets: the same whenever this letter is sent again, so that whoever gets
    it twice has it once. Raises ValueError for what could break out of a header, or could not be written as UTF-8.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    plain: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str

    def __post_init__(self) -> None:
        if _CONTROL.search(self.to + self.subject):
            raise ValueError("an address and a subject are one line each")
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError("a Message-ID is like <id@example.com>")
        if any("\ud800" <= sign <= "\udfff" for sign in self.subject + self.plain + self.html):
            raise ValueError("half a character can't be sent")


class NotTaken(Exception):
    """The server refused this letter for good; nobody gets it, and trying again won't help.

    `code` is a word of ours (`smtp_550`; `address` where it can't be written to such an address at all), `answer` what the
    server said, without an address in it.
    """

    def __init__(self, code: str, answer: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.answer = answer


class NotKnown(Exception):
    """The letter was given to the server, and its answer never came: it may be on its way, and nobody can tell.

    `code` says what cut the answer off: `no_connection`, `timeout`, `stopped`, `unreadable_answer`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Mailer(Protocol):
    """A way out for letters. What it raises says what became of the letter, and never more than is known.

    `Unavailable`: nothing was accepted, and it may work later; a server that lets nobody in, or takes nothing from us, is an `outage`.
    `NotTaken`: refused for good. `NotKnown`: it may have been accepted. One that is cancelled raises `Unavailable` or `NotKnown` as
    well (`stopped`), since whoever stops the program has to write down which.
    """

    async def send(self, letter: Letter) -> str:
        """Hand the letter over once; the server's answer at acceptance, code and words, without an address in it."""

    async def examine(self) -> None:
        """Do all but hand over a letter: connect, greet, encrypt, log in, name who sends, hang up."""
