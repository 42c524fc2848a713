"""SMTP against a real server: what protects a letter on its way, and who is let in (P8)."""

from __future__ import annotations

import pytest

from bot.ports import Unavailable
from bot.settings.mail_server import Server
from tests.bot.mail.benches import LETTER, SHORT, failing, far, mailer, near
from tests.bot.mail.conftest import Contexts
from tests.bot.mail.post_office import NAME, PASSWORD, PostOffice
from tests.each import each


async def test_p8_where_tls_is_not_offered_nothing_is_said_to_a_server_elsewhere(office: PostOffice) -> None:
    failed = await failing(far(office, user=NAME, password=PASSWORD))
    assert (failed.code, failed.outage) == ("no_tls", True)
    assert {one.split()[0] for one in office.heard} == {"EHLO", "QUIT"} & {one.split()[0] for one in office.heard} | {
        "EHLO"
    }
    assert office.arrived == []


@each("tls_alone", [False, True])
async def test_p8_a_letter_goes_encrypted_and_with_a_login(contexts: Contexts, tls_alone: bool) -> None:
    async with PostOffice(tls=contexts[0], wants_login=True).open(tls_alone=tls_alone) as office:
        server = far(office, tls_alone=tls_alone, user=NAME, password=PASSWORD)
        await mailer(server, trust=contexts[1]).send(LETTER)
        await mailer(server, trust=contexts[1]).examine()
        assert len(office.arrived) == 1


@each("tls_alone", [False, True])
async def test_p8_a_certificate_that_nobody_trusts_ends_it(contexts: Contexts, tls_alone: bool) -> None:
    async with PostOffice(tls=contexts[0]).open(tls_alone=tls_alone) as office:
        failed = await failing(far(office, tls_alone=tls_alone))
        assert (failed.code, failed.outage) == ("bad_certificate", True)
        assert not any("MAIL" in one for one in office.heard)


async def test_p8_on_this_machine_tls_is_used_where_it_is_offered(
    contexts: Contexts,
) -> None:
    async with PostOffice(tls=contexts[0], wants_login=True).open() as office:
        await mailer(near(office, user=NAME, password=PASSWORD)).send(LETTER)
        assert "STARTTLS" in office.heard
        assert len(office.arrived) == 1


async def test_p8_tls_where_plain_is_spoken_and_the_other_way_round(office: PostOffice, contexts: Contexts) -> None:
    assert (await failing(far(office, tls_alone=True), patience=SHORT)).code in ("no_tls", "no_connection", "timeout")
    async with PostOffice(tls=contexts[0]).open(tls_alone=True) as alone:
        assert (await failing(far(alone), patience=SHORT)).code in ("timeout", "no_connection")


async def test_p8_a_wrong_password_is_an_outage(office: PostOffice) -> None:
    office.wants_login = True
    with pytest.raises(Unavailable) as failed:
        await mailer(near(office, user=NAME, password="wrong")).send(LETTER)
    assert (failed.value.code, failed.value.outage) == ("login_refused", True)
    assert failed.value.answer.startswith("535 5.7.8 ")
    assert "wrong" not in str(failed.value) + failed.value.answer


async def test_p8_another_way_of_logging_in_is_taken_where_the_first_is_unknown(office: PostOffice) -> None:
    office.methods = ("LOGIN",)
    await mailer(near(office, user=NAME, password=PASSWORD)).send(LETTER)
    office.methods = ("GSSAPI",)
    assert (await failing(near(office, user=NAME, password=PASSWORD))).code == "no_login"


async def test_p8_one_that_wants_a_login_that_we_have_not_is_an_outage_and_refuses_no_letter(
    office: PostOffice,
) -> None:
    office.wants_login = True
    failed = await failing(near(office))
    assert (failed.code, failed.outage) == ("smtp_530", True)


async def test_p8_a_certificate_for_another_name_ends_it(contexts: Contexts) -> None:
    async with PostOffice(tls=contexts[0]).open() as office:
        failed = await failing(Server("127.0.0.1", office.port), trust=contexts[1])
        assert failed.code == "bad_certificate"
