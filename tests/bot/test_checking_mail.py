"""P8: `recording-steward check` tries mail beside a real server, and says which setting to look at where it does not work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from pydantic import SecretStr

from bot.commands.checking import OFF, REMEDIES, of_mail
from bot.commands.checking_database import Finding
from bot.settings.config import Given
from tests.bot.mail.post_office import NAME, PostOffice
from tests.each import each


@pytest_asyncio.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as opened:
        yield opened


async def found(url: str = "") -> list[Finding]:
    mail: dict[str, Any] = (
        {"smtp_url": SecretStr(url), "mail_from": "Fernhill <copies@fernhill.example>"} if url else {}
    )
    return [one async for one in of_mail(Given(**mail))]


async def test_p8_without_settings_mail_is_off_and_nothing_fails() -> None:
    assert await found() == [Finding("mail", True, OFF, note=True)]
    assert all(name in OFF for name in ("SMTP_URL", "MAIL_FROM"))


async def test_p8_a_server_that_works(office: PostOffice) -> None:
    place = f"127.0.0.1:{office.port}"
    assert await found(f"smtp://{place}") == [
        Finding("mail", True, f"{place} takes letters from copies@fernhill.example")
    ]
    assert office.arrived == []


async def test_p8_a_wrong_password_says_what_the_server_says_and_no_password(office: PostOffice) -> None:
    office.wants_login = True
    place = f"127.0.0.1:{office.port}"
    [failed] = await found(f"smtp://{NAME}:hush@{place}")
    assert failed.sentence.startswith(f"{place}: It refuses the name or the password in SMTP_URL. It says: 535 5.7.8 ")
    assert "hush" not in failed.sentence
    [failed] = await found(f"smtp://{place}")
    assert failed.sentence.startswith(f"{place}: {REMEDIES['smtp_530']} It says: 530 5.7.0 ")


async def test_p8_a_sender_that_the_server_does_not_take(office: PostOffice) -> None:
    office.script = {"MAIL": "553 5.7.1 <copies@fernhill.example>: Sender address rejected: not owned by user"}
    [failed] = await found(f"smtp://127.0.0.1:{office.port}")
    assert not failed.works
    assert failed.sentence == (
        f"127.0.0.1:{office.port}: {REMEDIES['sender_refused']} It says: 553 5.7.1 <…>: Sender address rejected: not owned by user"
    )


@each("sentence", REMEDIES.values())
def test_p8_every_remedy_is_whole_sentences_that_name_a_setting_or_the_cause(sentence: str) -> None:
    assert sentence.endswith(".")
    assert any(name in sentence for name in ("SMTP_URL", "SSL_CERT_FILE", "MAIL_FROM"))
