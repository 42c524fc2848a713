"""A bench for each mailer, with the server it talks to: what that accepts, refuses, or leaves unanswered."""

from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from bot.mail.smtp import Patience, SmtpMailer, letter_answer
from bot.ports import Letter, LetterRefused, Mailer, OutcomeUnknown, Unavailable
from bot.rehearsal.fake_chat import Fault
from bot.rehearsal.fake_mail import FakeMail
from bot.settings.setting_values import Sender, Server
from tests.bot.mail.post_office import LOST, SILENT, PostOffice, bodies

AT = datetime(2026, 11, 24, 1, 42, 7, tzinfo=UTC)
SENDER = Sender("Fernhill Telecare", "copies@fernhill.example")
TO = "jo.doe@customer.example"
LETTER = Letter(
    TO, "Your copy", "Dear Jo\n\nHere it is.\n", "<p>Dear Jo</p>\n<p>Here it is.</p>\n", "<c-1.a@fernhill.example>"
)


LONG = Patience(20, 20, 20)
"""How long an answer that comes may take on a busy machine."""
SHORT, SHORT_AFTER = Patience(0.2, 20, 20), Patience(20, 0.2, 20)
"""For answers that never come, before the text and after it."""


class Bench(Protocol):
    """`before` is each step before the letter's text; the other is its text."""

    mailer: Mailer

    def got(self) -> list[Letter]: ...
    def answers(self, step: str, answer: str) -> None: ...
    def hangs_up(self, *, before: bool) -> None: ...
    def falls_silent(self, *, before: bool) -> None: ...
    def is_well(self) -> None: ...


class FakeBench:
    def __init__(self) -> None:
        self.fake = FakeMail()
        self.mailer: Mailer = self.fake

    def got(self) -> list[Letter]:
        return self.fake.sent

    def answers(self, step: str, answer: str) -> None:
        code = f"smtp_{answer[:3]}"
        kept = letter_answer(int(answer[:3]), answer[4:], ())
        told = LetterRefused(code, kept) if answer.startswith("5") else Unavailable(code, answer=kept)
        if step == "MAIL" and isinstance(told, LetterRefused) and code != "smtp_552":
            self.fake.faults = [Fault(Unavailable("sender_refused", outage=True, answer=kept))]
        else:
            self.fake.faults = [Fault(told)]

    def hangs_up(self, *, before: bool) -> None:
        self._fails("no_connection", before=before)

    def falls_silent(self, *, before: bool) -> None:
        self._fails("timeout", before=before)

    def is_well(self) -> None:
        self.fake.faults = []

    def _fails(self, code: str, *, before: bool) -> None:
        self.fake.faults = [Fault(Unavailable(code)) if before else Fault(OutcomeUnknown(code), done=True)]


class SmtpBench:
    """Serve on this machine, without TLS or a login."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office
        self.smtp = mailer(near(office))
        self.mailer: Mailer = self.smtp

    def got(self) -> list[Letter]:
        found = []
        for envelope, message in zip(self.office.arrived, self.office.messages, strict=True):
            [to] = envelope.rcpt_tos
            found.append(Letter(to, str(message["Subject"]), *bodies(message), str(message["Message-ID"])))
        return found

    def answers(self, step: str, answer: str) -> None:
        self.office.script = {step: answer}

    def hangs_up(self, *, before: bool) -> None:
        self.office.script = {"RCPT" if before else "text": LOST}

    def falls_silent(self, *, before: bool) -> None:
        self.office.script = {"RCPT" if before else "text": SILENT}
        self.smtp.patience = SHORT if before else SHORT_AFTER

    def is_well(self) -> None:
        self.office.script = {}


def mailer(server: Server, patience: Patience | None = None, **more: Any) -> SmtpMailer:
    return SmtpMailer(server, SENDER, lambda: AT, patience or LONG, **more)


def near(office: PostOffice, **more: Any) -> Server:
    return Server("127.0.0.1", office.port, near=True, **more)


def far(office: PostOffice, **more: Any) -> Server:
    """Treat the server as one elsewhere, though it isn't."""
    return Server("localhost", office.port, **more)


async def failing(server: Server, **more: Any) -> Unavailable:
    """The same for an examination as for a letter; no words are kept once a customer's address was sent."""
    with pytest.raises(Unavailable) as examined:
        await mailer(server, **more).examine()
    with pytest.raises(Unavailable) as failed:
        await mailer(server, **more).send(LETTER)
    assert (failed.value.code, failed.value.outage) == (examined.value.code, examined.value.outage)
    assert examined.value.answer.startswith(failed.value.answer)
    return failed.value
