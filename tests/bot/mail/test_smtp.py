"""SMTP against a real server: what each way of failing is taken for (P8)."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp.test_utils import unused_port

from bot.mail.smtp import Patience
from bot.ports import NotKnown, NotTaken, Unavailable
from bot.settings.mail_server import Server
from tests.bot.mail.benches import LETTER, LONG, SHORT, TO, failing, mailer, near
from tests.bot.mail.post_office import LOST, SILENT, PostOffice
from tests.each import each


async def test_p8_nobody_at_home_is_no_connection() -> None:
    failed = await failing(Server("127.0.0.1", unused_port(), near=True))
    assert (failed.code, failed.outage, failed.answer) == ("no_connection", False, "")


async def test_p8_a_name_that_leads_nowhere_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    failed = await failing(Server("mail.invalid", 25, near=True))
    assert (failed.code, failed.outage) == ("no_such_host", True)


@each(("doing", "code", "outage"), [
    ("421 4.3.2 Shutting down", "smtp_421", True), ("554 5.7.1 Not from you", "smtp_554", True),
    (LOST, "no_connection", False), (SILENT, "timeout", False), ("hello", "unreadable_answer", True),
])  # fmt: skip
async def test_p8_a_server_that_lets_nobody_in_refuses_no_letter(
    office: PostOffice, doing: str, code: str, outage: bool
) -> None:
    office.script = {"greeting": doing}
    failed = await failing(near(office), patience=SHORT if doing == SILENT else LONG)
    assert (failed.code, failed.outage) == (code, outage)
    assert office.arrived == []


async def test_p8_a_server_that_is_slow_at_each_step_is_not_waited_for_without_end(office: PostOffice) -> None:
    office.script = {"RCPT": SILENT}
    failed = await failing(near(office), patience=Patience(20, 20, 0.0))
    assert failed.code == "timeout"
    with pytest.raises(Unavailable, match="timeout"):
        await mailer(near(office), Patience(20, 20, 0.2)).send(LETTER)


@each(("answer", "code"), [
    ("550 5.7.60 You may not send as this sender", "sender_refused"), ("501 5.1.7 Bad sender", "sender_refused"),
    ("553 5.7.1 <copies@fernhill.example>: Not owned by user", "sender_refused"), ("530 5.7.0 Log in first", "smtp_530"),
])  # fmt: skip
async def test_p8_a_server_that_takes_nothing_from_this_sender_refuses_no_letter(
    office: PostOffice, answer: str, code: str
) -> None:
    office.script = {"MAIL": answer}
    failed = await failing(near(office))
    assert (failed.code, failed.outage) == (code, True)
    assert "fernhill" not in failed.answer
    assert not [one for one in office.heard if one.startswith("RCPT")]


@each("answer", ["hello", "999 what", "354 Go on", "220 Hm"])
async def test_p8_an_answer_that_nobody_understands_after_the_text_leaves_it_unknown(
    office: PostOffice, answer: str
) -> None:
    office.script = {"text": answer}
    if answer.startswith("2"):
        assert await mailer(near(office)).send(LETTER) == "220"
        return
    with pytest.raises(NotKnown, match="unreadable_answer"):
        await mailer(near(office)).send(LETTER)


@each("step", ["MAIL", "RCPT", "DATA"])
async def test_p8_and_before_it_nothing_was_accepted(office: PostOffice, step: str) -> None:
    for answer in ("hello", "999 what", "199 Hm"):
        office.script = {step: answer}
        with pytest.raises(Unavailable, match="unreadable_answer"):
            await mailer(near(office)).send(LETTER)
    assert office.arrived == []


@each("step", ["EHLO", "MAIL", "RCPT", "DATA"])
@each(("doing", "code"), [(LOST, "no_connection"), (SILENT, "timeout"), ("421 4.3.2 Bye", "smtp_421")])
async def test_p8_whatever_cuts_it_off_before_the_text(office: PostOffice, step: str, doing: str, code: str) -> None:
    office.script = {step: doing}
    with pytest.raises(Unavailable) as failed:
        await mailer(near(office), SHORT if doing == SILENT else LONG).send(LETTER)
    # After a goodbye to the greeting there is nobody left to ask in another way.
    assert failed.value.code == ("no_connection" if (step, doing[:3]) == ("EHLO", "421") else code)
    assert office.arrived == []


@each("doing", [LOST, SILENT, "421 4.3.2 Bye", "hello"])
async def test_p8_what_comes_after_acceptance_changes_nothing(
    office: PostOffice, doing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mail.smtp.GOODBYE", 0.05)
    office.script = {"QUIT": doing}
    assert (await mailer(near(office)).send(LETTER)).startswith("250 ")
    await mailer(near(office)).examine()


@each(("step", "unknown"), [("RCPT", False), ("text", True)])
async def test_p8_whoever_stops_it_learns_whether_it_may_have_gone(
    office: PostOffice, step: str, unknown: bool
) -> None:
    office.script = {step: SILENT}
    sending = asyncio.create_task(mailer(near(office)).send(LETTER))
    await office.reached[step].wait()
    sending.cancel()
    with pytest.raises(NotKnown if unknown else Unavailable, match="stopped"):
        await sending


async def test_p8_an_answer_is_kept_without_a_word_that_could_name_somebody(office: PostOffice) -> None:
    office.script = {"RCPT": f"550 5.1.1 <{TO}>: Recipient address rejected: user jo.doe unknown at customer.example"}
    with pytest.raises(NotTaken) as refused:
        await mailer(near(office)).send(LETTER)
    assert refused.value.answer == "550 5.1.1"
    office.script = {
        "text": "250 2.6.0 <c-1.a@fernhill.example> [InternalId=17] Queued mail for jo.doe@customer.example"
    }
    assert await mailer(near(office)).send(LETTER) == "250 2.6.0 InternalId=17"


async def test_p8_a_letter_that_can_not_be_written_is_refused(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("hm")

    monkeypatch.setattr("bot.mail.smtp.composed", broken)
    with pytest.raises(NotTaken, match="unwritable"):
        await mailer(near(office)).send(LETTER)
    assert office.heard == []


async def test_p8_a_connection_that_ends_with_the_servers_go_on_is_never_acceptance(office: PostOffice) -> None:
    office.script = {"go on": LOST}
    with pytest.raises((Unavailable, NotKnown), match="no_connection"):
        await mailer(near(office)).send(LETTER)
    assert office.arrived == []
