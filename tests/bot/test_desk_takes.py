"""What the desk does at once where it can, keeps where it can't, and has told where it is refused (P7)."""

from __future__ import annotations

import pytest

from bot.chats.desk import Desk
from bot.ports import Address, Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers.home import draw_home
from handlers.inbox import Press
from tests.handlers.builders import ledger
from tests.offices import GUEST, Office

ANNA = "UANNA"
HOME = Press("slack", ANNA, "home", "", "k1")


async def test_the_home_is_left_to_the_delivery_once_for_each_key(office: Office, desk: Desk) -> None:
    for _ in range(2):
        assert await desk.take(HOME)
    assert [row.kind for row in await ledger(office.company, office.company.anna)] == ["home"]
    card, zone = await desk.look(ANNA, lambda ctx: (draw_home(ctx), ctx.me.zone))
    assert ("Call recordings" in str(card.parts), zone) == (True, "Australia/Sydney")


async def test_what_the_platform_says_nothing_to_is_kept_once(office: Office, desk: Desk) -> None:
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", ANNA, times=2))
    for _ in range(2):
        assert not await desk.take(HOME)
    assert await office.company.database.read(lambda store: store.inbox.waiting("slack", ANNA)) == 1


async def test_who_is_turned_away_and_can_not_be_told_yet_is_told_later(office: Office, desk: Desk) -> None:
    office.chat.faults.append(Fault(Unavailable("http_500"), "whisper", GUEST))
    assert not await desk.take(Press("slack", GUEST, "access", "", "k1"))
    assert await office.company.database.read(lambda store: store.inbox.waiting("slack", GUEST)) == 1


@pytest.mark.parametrize("fault", [None, Unavailable("http_500")])
async def test_a_sentence_is_said_at_once_or_by_the_outbox(
    office: Office, desk: Desk, fault: Unavailable | None
) -> None:
    office.chat.faults += [Fault(fault, "whisper", ANNA)] if fault else []
    await desk.say(Address(ANNA), "I know this word.", "1")
    queued = [row.payload["words"] for row in await ledger(office.company, office.company.anna)]
    assert (office.chat.whispers, queued) == (
        ([], ["I know this word."]) if fault else ([(ANNA, "I know this word.")], [])
    )
