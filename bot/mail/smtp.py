"""Sends letters through a mail server, and says what became of each and no more (P8; RFC 5321)."""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime

import aiosmtplib

from bot.ports import Letter, LetterRefused, OutcomeUnknown, Unavailable
from bot.settings.setting_values import Sender, Server, server_address

GOODBYE = 5.0  # seconds
GO_ON = 354
WANTS_LOGIN = (530, 538)  # RFC 4954, 6
TOO_LARGE = 552  # RFC 1870, 6.1
PASSING = ("timeout", "no_connection")
_AT_THE_BEGINNING = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait: `answer` to connect and for each answer before the letter's text, `before` for all of that.

    `accepted` is for the answer after the text: a server may examine a letter before it answers, and a sender who stops
    waiting can't know what became of it. So a letter takes `before` and `accepted` together at most, and a goodbye.
    """

    answer: float = 30.0
    accepted: float = 180.0
    before: float = 120.0


class SmtpMailer:
    """The Mailer port for SMTP, with one connection for each letter; `now` dates the letters.

    `trust` replaces this machine's trusted certificates.
    """

    def __init__(
        self, server: Server, sender: Sender, now: Callable[[], datetime], patience: Patience | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self.server, self.sender, self.now, self.trust = server, sender, now, trust
        self.patience = patience or Patience()

    async def send(self, letter: Letter) -> str:
        """Hand a letter over once, and return the server's answer without any address in it.

        Raises `Unavailable` if nothing was accepted, `LetterRefused` if it was refused for good, and `OutcomeUnknown` if
        the letter may be on its way.
        """
        to, text = self._compose_letter(letter)
        async with self._open_connection() as client:
            with _before_acceptance((to, letter.to)):
                async with asyncio.timeout(self.patience.before):
                    await self._log_in(client)
                    await self._offer_letter(client, to, text)
            return await self._send_text(client, text, (to, letter.to))

    async def examine(self) -> None:
        """Connect, log in and name the sender, as for a letter, but send none. Raises as `send`."""
        async with self._open_connection() as client:
            with _before_acceptance(()):
                async with asyncio.timeout(self.patience.before):
                    await self._log_in(client)
                    await self._name_sender(client)

    def _compose_letter(self, letter: Letter) -> tuple[str, bytes]:
        """Return the server's form of the address, and the message; raises `LetterRefused` if they can't be written."""
        try:
            to = server_address(letter.to)
        except ValueError as error:
            raise LetterRefused("address", str(error)) from None
        try:
            return to, compose_message(letter, to, self.sender, self.now())
        except Exception as error:
            raise LetterRefused("unwritable") from error

    @asynccontextmanager
    async def _open_connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Yield a client that isn't connected yet, and close it afterwards.

        Once the server has answered on the letter, a connection that ends badly changes nothing.
        """
        client = aiosmtplib.SMTP(
            hostname=self.server.host, port=self.server.port, use_tls=self.server.tls_alone, start_tls=False,
            local_hostname=self.sender.domain, timeout=self.patience.answer,
            validate_certs=not self.server.near, tls_context=self.trust,
        )  # fmt: skip
        try:
            yield client
        except (Unavailable, OutcomeUnknown) as error:
            if not (isinstance(error, Unavailable) and error.answer):
                client.close()
            raise
        finally:
            with suppress(Exception, asyncio.CancelledError):
                await client.quit(timeout=min(GOODBYE, self.patience.answer))
            client.close()

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        """Connect, greet, encrypt and log in. A refusal here concerns the server and us, so it's an outage, not the letter's."""
        try:
            await client.connect()
            await _greet_server(client)
            if not self.server.tls_alone and await self._start_tls(client):
                await _greet_server(client)
            if self.server.user:
                if not client.supported_auth_methods:
                    raise Unavailable("no_login", outage=True)
                await client.login(self.server.user, self.server.password)
        except aiosmtplib.SMTPResponseException as error:
            refused = isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500
            code = "login_refused" if refused else _error_code(error.code)
            raise Unavailable(code, outage=True, answer=server_answer(error.code, error.message)) from None

    async def _start_tls(self, client: aiosmtplib.SMTP) -> bool:
        """Encrypt and return True; False if a server on this machine doesn't offer TLS. Raises `Unavailable`."""
        if not client.supports_extension("starttls"):
            if self.server.near:
                return False
            raise Unavailable("no_tls", outage=True)
        try:
            await client.starttls()
        except aiosmtplib.SMTPResponseException as error:
            raise Unavailable("no_tls", outage=True, answer=server_answer(error.code, error.message)) from None
        return True

    async def _offer_letter(self, client: aiosmtplib.SMTP, to: str, text: bytes) -> None:
        """Announce size, sender and recipient, and ask to send the text."""
        size = [f"SIZE={len(text)}"] if client.supports_extension("size") else []
        await self._name_sender(client, size)
        await client.rcpt(to)
        answer = await client.execute_command(b"DATA")
        if answer.code != GO_ON:
            raise aiosmtplib.SMTPResponseException(answer.code, answer.message)

    async def _name_sender(self, client: aiosmtplib.SMTP, options: Sequence[str] = ()) -> None:
        """Name the sender to the server.

        If the server refuses the sender for good, it would refuse every letter, so that is an outage.
        """
        try:
            await client.mail(self.sender.address, options=options)
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code in (*WANTS_LOGIN, TOO_LARGE) or not 500 <= error.code < 600:
                raise
            answer = server_answer(error.code, error.message)
            raise Unavailable("sender_refused", outage=True, answer=answer) from None

    async def _send_text(self, client: aiosmtplib.SMTP, text: bytes, addresses: tuple[str, ...]) -> str:
        """Send the letter's text and return the server's answer.

        Before the first byte is sent, nothing can have been accepted; after it, no answer means `OutcomeUnknown`.
        """
        protocol = client.protocol
        if protocol is None or not protocol.is_connected:
            raise Unavailable("no_connection")
        protocol.write(_AT_THE_BEGINNING.sub(b"..", text) + b".\r\n")
        try:
            answer = await protocol.read_response(timeout=self.patience.accepted)
        except asyncio.CancelledError:
            raise OutcomeUnknown("stopped") from None
        except aiosmtplib.SMTPTimeoutError:
            raise OutcomeUnknown("timeout") from None
        except aiosmtplib.SMTPResponseException:
            raise OutcomeUnknown("unreadable_answer") from None
        except (aiosmtplib.SMTPException, OSError):
            raise OutcomeUnknown("no_connection") from None
        return _read_final_answer(answer, addresses)


async def _greet_server(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, which tells what the server can do; HELO if it doesn't know that."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


@contextmanager
def _before_acceptance(addresses: tuple[str, ...]) -> Iterator[None]:
    """Turn every fault into `Unavailable` or `LetterRefused`: the server hasn't accepted a letter yet."""
    try:
        yield
    except (Unavailable, LetterRefused):
        raise
    except asyncio.CancelledError:
        raise Unavailable("stopped") from None
    except aiosmtplib.SMTPResponseException as error:
        answer = _answer_to_keep(error.code, error.message, addresses)
        if 500 <= error.code < 600 and error.code not in WANTS_LOGIN:
            raise LetterRefused(_error_code(error.code), answer) from None
        raise Unavailable(_error_code(error.code), outage=error.code in WANTS_LOGIN, answer=answer) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        code = _connection_fault(error)
        raise Unavailable(code, outage=code not in PASSING) from None
    except Exception as error:
        raise Unavailable("fault") from error


def _answer_to_keep(code: int, words: str, addresses: tuple[str, ...]) -> str:
    """Return the server's answer for the log; only a letter's answer may hold addresses, which are left out."""
    return letter_answer(code, words, addresses) if addresses else server_answer(code, words)


def _read_final_answer(answer: aiosmtplib.SMTPResponse, addresses: tuple[str, ...]) -> str:
    """Return the answer if the letter was accepted; otherwise raise what it means."""
    words = letter_answer(answer.code, answer.message, addresses)
    match answer.code // 100:
        case 2:
            return words
        case 4:
            raise Unavailable(_error_code(answer.code), answer=words)
        case 5:
            raise LetterRefused(_error_code(answer.code), words)
        case _:
            raise OutcomeUnknown("unreadable_answer")


def _error_code(code: int) -> str:
    """Return our word for an answer's code."""
    return f"smtp_{code}" if 200 <= code < 600 else "unreadable_answer"


def _connection_fault(error: BaseException) -> str:
    """Return a word for why the server can't be reached, from the library's error or its cause."""
    for one in (error, error.__cause__):
        match one:
            case aiosmtplib.SMTPTimeoutError() | TimeoutError():
                return "timeout"
            case ssl.SSLCertVerificationError():
                return "bad_certificate"
            case ssl.SSLError():
                return "no_tls"
            case socket.gaierror():
                return "no_such_host"
    return "no_connection"


LONGEST, GONE = 300, "…"  # characters of an answer that are kept; what is put in place of what is left out
_UNSEEN = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")
_ADDRESS = re.compile(r"""(?:"[^"]*"|[^\s<>()\[\],;:"']*)(?:@|%40|=40)[^\s<>()\[\],;"']*""", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b", re.ASCII)
_QUEUED = re.compile(
    r"\bqueued as [0-9A-Za-z.-]{4,40}\b|\bid=[0-9A-Za-z.-]{4,40}\b|\b\d{9,12} [0-9a-z.-]{6,60} - gsmtp\b|\bInternalId=\d+",
    re.ASCII,
)


def server_answer(code: int, words: str) -> str:
    """Return an answer that concerns only the server and us, in one line: code and words, without anything like an address."""
    line = _ADDRESS.sub(GONE, " ".join(_UNSEEN.sub(" ", words).split()))
    whole = f"{code} {line}".rstrip()
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}{GONE}"


def letter_answer(code: int, words: str, addresses: tuple[str, ...]) -> str:
    """Return what may be kept of the answer to a letter: code, status (RFC 3463), and the server's id of the letter.

    Its words are left out: a server may name the recipient in them, and the log is kept for good.
    """
    status = _STATUS.match(words.strip())
    queued = _QUEUED.search(words) if code // 100 == 2 else None
    names_recipient = queued is not None and any(part in queued[0].casefold() for part in _name_parts(addresses))
    parts = (f"{code}", status and status[0], queued[0] if queued and not names_recipient else "")
    return " ".join(filter(None, parts))


def _name_parts(addresses: tuple[str, ...]) -> set[str]:
    """Return the words in these addresses, three letters or more, that an answer could reveal."""
    return {part for one in addresses for part in re.findall(r"[^\W\d_]{3,}", one.casefold())}


# Seven bits and short lines go through any server, and what is signed on the way stays what was signed.
_POLICY = LINES.clone(cte_type="7bit")


def compose_message(letter: Letter, to: str, sender: Sender, at: datetime) -> bytes:
    """Return the whole message, lines ended by CR LF; `to` is the letter's address as a server takes it, `at` aware."""
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(at)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    # Anyone who is away does not answer a program (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.plain, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()
