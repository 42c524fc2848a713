"""SMTP against a real server: what each failure means, what protects a letter, and what is kept of an answer (P8)."""

import asyncio
import socket

import pytest

from bot.mail.smtp import Patience, letter_answer, server_answer
from bot.ports import LetterRefused, OutcomeUnknown, Unavailable
from bot.settings.setting_values import Server
from tests.bot.mail.benches import LETTER, LONG, SHORT, TO, failing, far, mailer, near
from tests.bot.mail.conftest import Contexts
from tests.bot.mail.post_office import LOST, NAME, PASSWORD, SILENT, PostOffice
from tests.each import each


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
async def test_p8_a_server_that_lets_no_one_in_refuses_no_letter(
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


@each("answer", ["hello", "999 what", "354 Go on", "220 Hm"])
async def test_p8_an_answer_without_meaning_after_the_text_leaves_it_unknown(office: PostOffice, answer: str) -> None:
    office.script = {"text": answer}
    if answer.startswith("2"):
        assert await mailer(near(office)).send(LETTER) == "220"
        return
    with pytest.raises(OutcomeUnknown, match="unreadable_answer"):
        await mailer(near(office)).send(LETTER)


@each("step", ["EHLO", "MAIL", "RCPT", "DATA"])
@each(("doing", "code"), [(LOST, "no_connection"), (SILENT, "timeout"), ("421 4.3.2 Bye", "smtp_421")])
async def test_p8_whatever_cuts_it_off_before_the_text(office: PostOffice, step: str, doing: str, code: str) -> None:
    office.script = {step: doing}
    with pytest.raises(Unavailable) as failed:
        await mailer(near(office), SHORT if doing == SILENT else LONG).send(LETTER)
    # After a goodbye in the greeting there is no server left to ask in another way.
    assert failed.value.code == ("no_connection" if (step, doing[:3]) == ("EHLO", "421") else code)
    assert office.arrived == []


@each(("step", "unknown"), [("RCPT", False), ("text", True)])
async def test_p8_who_stops_it_learns_whether_it_may_have_gone(office: PostOffice, step: str, unknown: bool) -> None:
    office.script = {step: SILENT}
    sending = asyncio.create_task(mailer(near(office)).send(LETTER))
    await office.reached[step].wait()
    sending.cancel()
    with pytest.raises(OutcomeUnknown if unknown else Unavailable, match="stopped"):
        await sending


async def test_p8_an_answer_is_kept_without_a_word_that_could_name_a_customer(office: PostOffice) -> None:
    office.script = {"RCPT": f"550 5.1.1 <{TO}>: Recipient address rejected: user jo.doe unknown at customer.example"}
    with pytest.raises(LetterRefused) as refused:
        await mailer(near(office)).send(LETTER)
    assert refused.value.answer == "550 5.1.1"
    office.script = {
        "text": "250 2.6.0 <c-1.a@fernhill.example> [InternalId=17] Queued mail for jo.doe@customer.example"
    }
    assert await mailer(near(office)).send(LETTER) == "250 2.6.0 InternalId=17"


async def test_p8_where_tls_is_not_offered_nothing_is_said_to_a_server_elsewhere(office: PostOffice) -> None:
    failed = await failing(far(office, user=NAME, password=PASSWORD))
    assert (failed.code, failed.outage) == ("no_tls", True)
    assert {"EHLO"} <= {one.split()[0] for one in office.heard} <= {"EHLO", "QUIT"}
    assert office.arrived == []


@each(("near_by", "tls_alone"), [(False, False), (False, True), (True, False)])
async def test_p8_a_letter_goes_encrypted_and_with_a_login(contexts: Contexts, near_by: bool, tls_alone: bool) -> None:
    """On this machine TLS is used if offered, no matter who signed the certificate."""
    login = {"user": NAME, "password": PASSWORD}
    async with PostOffice(tls=contexts[0], wants_login=True).open(tls_alone=tls_alone) as office:
        server = near(office, **login) if near_by else far(office, tls_alone=tls_alone, **login)
        opened = mailer(server, trust=None if near_by else contexts[1])
        await opened.send(LETTER)
        await opened.examine()
        assert (len(office.arrived), tls_alone or "STARTTLS" in office.heard) == (1, True)


@each("tls_alone", [False, True])
async def test_p8_an_untrusted_certificate_ends_it(contexts: Contexts, tls_alone: bool) -> None:
    async with PostOffice(tls=contexts[0]).open(tls_alone=tls_alone) as office:
        failed = await failing(far(office, tls_alone=tls_alone))
        assert (failed.code, failed.outage) == ("bad_certificate", True)
        assert not any("MAIL" in one for one in office.heard)


async def test_p8_a_certificate_for_another_name_ends_it(contexts: Contexts) -> None:
    async with PostOffice(tls=contexts[0]).open() as office:
        failed = await failing(Server("127.0.0.1", office.port), trust=contexts[1])
        assert failed.code == "bad_certificate"


JO = "jo.doe+calls@customer.example"


@each(("words", "kept"), [
    ("2.0.0 OK, who are you?", "535 2.0.0 OK, who are you?"),
    (f"<{JO}>... Recipient ok", "535 <…>... Recipient ok"),
    ("bounces+jo.doe=customer.example@relay.example", "535 …"),
    ("jo.doe%40customer.example and jo.doe=40customer.example", "535 … and …"),
    ("'jo.doe@customer.example' [jo.doe@customer.example]", "535 '…' […]"),
    ('"jo doe"@customer.example', "535 …"),
    ("jö@bücher.example", "535 …"),
    ("one\ntwo\r\nthree\tfour\x00five", "535 one two three four five"),
    ("", "535"),
    ("\udcff\udcfe odd bytes", "535 odd bytes"),
])  # fmt: skip
def test_p8_what_concerns_the_server_is_one_line_without_an_address(words: str, kept: str) -> None:
    assert server_answer(535, words) == kept


@each(("words", "kept"), [
    ("2.0.0 Ok: queued as 4XyZ1", "250 2.0.0 queued as 4XyZ1"),
    ("2.0.0 OK  1732612345 d2e1a72fcca58-724de47 - gsmtp", "250 2.0.0 1732612345 d2e1a72fcca58-724de47 - gsmtp"),
    ("OK id=1tFxyz-0001aB-2C", "250 id=1tFxyz-0001aB-2C"),
    (f"accepted for {JO}; thanks", "250"),
    ("2.1.5 Jo Doe will read it", "250 2.1.5"),
    ("2.0.0 queued as JODOE1", "250 2.0.0"),
    ("queued as jo.doe", "250"),
    ("queued as xn--customer-kva", "250"),
    ("", "250"),
])  # fmt: skip
def test_p8_of_a_letter_that_was_taken_stays_by_what_the_server_knows_it(words: str, kept: str) -> None:
    assert letter_answer(250, words, (JO,)) == kept


@each(("words", "kept"), [
    ("5.1.1 User jo.doe unknown; mailbox of Jo Doe does not exist", "550 5.1.1"),
    ("5.1.1 <jo.doe@customer.example>: unknown, queued as 4XyZ1", "550 5.1.1"),
    ("5.7.1 am8uZG9lQGN1c3RvbWVyLmV4YW1wbGU=", "550 5.7.1"),
    ("customer dot example says no", "550"),
    ("5.1.1jo.doe", "550"),
])  # fmt: skip
def test_p8_of_a_letter_that_was_not_taken_no_word_stays(words: str, kept: str) -> None:
    assert letter_answer(550, words, (JO,)) == kept
