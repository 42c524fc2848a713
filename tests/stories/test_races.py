"""Two deciders at once, and over two bots on one PostgreSQL: yes and no, again and again, are one decision (P7)."""

import asyncio
import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector
from sqlalchemy import func, select

from bot.rehearsal.slack import payloads
from bot.rehearsal.slack.outbound import encoded, signed
from storage.database.store import Store
from storage.records import Grant, Outgoing, Party, Request
from tests.ledgers import verdict_of
from tests.moments import moment
from tests.stories.errands import ask, card, done
from tests.stories.house import HELENA, SECRET, TARA
from tests.stories.process import Town, a_town

pytestmark = pytest.mark.story
CLICKS = 24
TOLD = (
    "This request was already", "That took too long", "I couldn’t do that just now", "please press the button again",
)  # fmt: skip
"""What a loser reads; on a busy machine that it was too slow."""
OUTCOMES = {"access.approve": "approved", "access.deny": "denied"}
Json = dict[str, Any]


async def test_p7_many_decisions_at_once_are_one(tmp_path: Path, sqlite_url: str) -> None:
    assert await one_decision_each(tmp_path, sqlite_url, bots=1, rounds=5)


@pytest.mark.soak
async def test_p7_so_they_are_with_two_bots_on_one_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    assert await one_decision_each(tmp_path, postgresql_url, bots=2, rounds=10)


async def one_decision_each(folder: Path, database_url: str, bots: int, rounds: int) -> int:
    """Each time one decision in the audit log, at most one grant; return how many losers were told privately."""
    async with a_town(folder, database_url, bots) as town, ClientSession(connector=TCPConnector(limit=0)) as http:
        denial = await a_denial(town)
        races = [await ask(town, crm=f"CS-{one}") for one in range(1, rounds + 1)]
        await town.database.write(ask_the_head_too)
        for request in races:
            await a_race(town, http, request, denial)
        await town.settled()
        assert [one for one in races if card(town, TARA, one).offers] == []
        told = [call.args["text"] for call in town.workspace.called("chat.postEphemeral") if call.answer["ok"]]
        assert [words for words in told if not any(one in words for one in TOLD)] == []
        assert (await town.database.read(verdict_of)).fault == ""
        town.sound()
        return len(told)


async def a_denial(town: Town) -> Json:
    """The form of a denial as the workspace sends it."""
    request = await ask(town, crm="CS-0")
    await town.somebody(TARA).send(card(town, TARA, request), "Deny", "It is about another call.")
    assert town.workspace.http
    return next(
        one.payload for one in reversed(town.workspace.http.sent) if one.payload.get("type") == "view_submission"
    )


def ask_the_head_too(store: Store) -> None:
    """What waits went to Helena as well, as after an absence of Tara's."""
    helena = store.people.get_or_create("helena.marsh@fernhill.example").id
    for one in store.session.scalars(select(Request).where(Request.state == "waiting")).all():
        role = "head_of_customer_success"
        store.session.add(Party(matter_id=one.id, person_id=helena, part="approver", role=role, since=one.asked_at))


def clicks(town: Town, request: str, denial: Json) -> Iterator[tuple[str, Json]]:
    """Tara and Helena by turns, each of whom changes her mind with every second click."""
    seen = card(town, TARA, request).place
    element = next(block for block in seen.blocks or [] if block["type"] == "actions")["elements"][0]
    for one in range(CLICKS):
        uid = (TARA, HELENA)[one % 2]
        if one // 2 % 2:
            about = {"id": f"V{token_hex(5).upper()}", "private_metadata": json.dumps({"about": request})}
            yield "denied", {**denial, "user": {**denial["user"], "id": uid}, "view": {**denial["view"], **about}}
            continue
        action = payloads.action(town.workspace, element, "actions", {"type": "button"}) | {"action_ts": f"{one}.0"}
        click = payloads.pressed_message(town.workspace, uid, seen, action)
        click["channel"] = {"id": town.workspace.talk.open_dm(uid), "name": "directmessage"}
        yield "approved", click


async def a_race(town: Town, http: ClientSession, request: str, denial: Json) -> None:
    made, bots = list(clicks(town, request, denial)), cycle(town.bots)
    answers = await asyncio.gather(*(_posted(http, next(bots).url, click) for _, click in made))
    assert {status for status, _ in answers} == {200}
    await town.settled()
    [decision] = [one for one in await done(town, request) if one in OUTCOMES]
    grants, whispers = await town.database.read(lambda store: (_grants(store, request), _whispers(store, request)))
    assert grants == (OUTCOMES[decision] == "approved")
    # A person who pressed on a card and lost gets a whisper; one who lost in a dialog reads it there.
    assert 1 <= whispers <= CLICKS / 2
    lost = [text for (wanted, _), (_, text) in zip(made, answers, strict=True) if wanted == "denied" and text]
    assert all(any(words in text for words in TOLD) for text in lost)
    assert len(lost) >= CLICKS / 4


async def _posted(http: ClientSession, url: str, payload: Json) -> tuple[int, str]:
    body, content_type = encoded("interactive", payload)
    headers = {"Content-Type": content_type, **signed(SECRET, body, moment().timestamp())}
    async with http.post(f"{url}/slack/events", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


def _grants(store: Store, request: str) -> int:
    return store.session.scalar(select(func.count()).select_from(Grant).where(Grant.matter_id == request)) or 0


def _whispers(store: Store, request: str) -> int:
    whispered = Outgoing.kind == "whisper", Outgoing.once.endswith(f":{request}")
    return store.session.scalar(select(func.count()).select_from(Outgoing).where(*whispered)) or 0
