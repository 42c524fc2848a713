"""Everybody decides at once, and over two bots on one PostgreSQL: fifty clicks in Slack, or yes in Slack and no in Teams."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from sqlalchemy import func, select

from bot.rehearsal.company import PEOPLE
from bot.rehearsal.slack import Message, payloads
from storage.database.store import Store
from storage.records import Grant, Outgoing, Party, Request
from tests.stories.errands import ask, card
from tests.stories.house import HELENA, TARA
from tests.stories.posting import Json, Post, by, form_again, post, typed
from tests.stories.process import Town, a_town
from tests.stories.waiting import until

pytestmark = pytest.mark.story
CLICKS = 50
DECIDERS = (TARA, HELENA)
SLOW = "please press the button again"
BUSY = ("That took too long", "That could not be done just now")
ALREADY = "This request was already"
DECISIONS = {"access.approve": "approved", "access.deny": "denied"}
Click = tuple[str, str, Post]  # whose, approved or denied, and the request to Slack's address


async def test_p7_fifty_decisions_at_once_are_one(tmp_path: Path, sqlite_url: str) -> None:
    await one_decision_each(tmp_path, sqlite_url, bots=1, rounds=5)


@pytest.mark.soak
@pytest.mark.parametrize("rounds", [25, 200])
async def test_p7_so_they_are_with_two_bots_on_one_postgresql(tmp_path: Path, postgresql_url: str, rounds: int) -> None:
    await one_decision_each(tmp_path, postgresql_url, bots=2, rounds=rounds)


async def one_decision_each(folder: Path, database_url: str, bots: int, rounds: int) -> None:
    """P7: each time one decision in the audit log, at most one grant, and every loser is told privately."""
    async with a_town(folder, database_url, bots) as town, ClientSession(connector=TCPConnector(limit=0)) as http:
        denial = await a_denial(town)
        told = 0
        races = await many_requests(town, http, rounds)
        for request in races:
            told += await a_race(town, http, request, denial)
        await town.settled()
        assert [one for one in races if card(town, TARA, one).offers] == []
        heard = [call.args["text"] for call in town.workspace.called("chat.postEphemeral") if call.answer["ok"]]
        assert [words for words in heard if not words.startswith(ALREADY)] == []
        assert len(heard) == told > 0, Counter(heard)
        verdict = await town.database.read(lambda store: store.audit.verify())
        assert verdict.fault == ""
        town.sound()


async def a_denial(town: Town) -> Json:
    """The form of a denial as the workspace sends it."""
    request, tara = await ask(town, crm="CS-0"), town.person(TARA)
    await tara.press(card(town, TARA, request).place, "Deny")
    await until(lambda: tara.modal, "the form of a denial")
    assert (await tara.submit({"Why not?": "It is about another call."})).ok
    return sent_last(town)


def sent_last(town: Town) -> Json:
    assert town.workspace.http
    return town.workspace.http.sent[-1].payload


async def many_requests(town: Town, http: ClientSession, number: int) -> list[str]:
    """Everybody asks under many CRM references, and Tara has a card of each."""
    assert town.workspace.http
    form = next(one.payload for one in town.workspace.http.sent if one.payload.get("type") == "view_submission")
    people = cycle(one.id for one in PEOPLE if one.department and one.standing == "member" and one.id not in DECIDERS)
    forms = [typed(form_again(form), "crm", f"CS-{one + 1}") for one in range(number)]
    posts = [post("interactive", by(uid, one)) for uid, one in zip(people, forms, strict=False)]
    assert [status for status, _ in await at_once(town, http, posts)] == [200] * number
    await town.settled()
    return await town.database.write(ask_the_head_too)


def ask_the_head_too(store: Store) -> list[str]:
    """What waits went to Helena as well, as after an absence of Tara's; returns it."""
    waiting = list(store.session.scalars(select(Request).where(Request.state == "waiting")))
    helena = store.people.called_for("helena.marsh@fernhill.example").id
    for one in waiting:
        role = "head_of_customer_success"
        store.session.add(Party(matter_id=one.id, person_id=helena, part="approver", role=role, since=one.asked_at))
    return [one.id for one in waiting]


def clicks(town: Town, request: str, denial: Json) -> list[Click]:
    """Tara and Helena by turns, each of whom changes her mind with every second click."""
    seen, made = card(town, TARA, request).place, []
    for one in range(CLICKS):
        uid = DECIDERS[one % 2]
        if one // 2 % 2:
            form = form_again(denial, private_metadata=json.dumps({"about": request}))
            made.append((uid, "denied", post("interactive", by(uid, form))))
        else:
            made.append((uid, "approved", an_approval(town, uid, seen, f"{one}.0")))
    return made


def an_approval(town: Town, uid: str, seen: Message, stamp: str) -> Post:
    """A click on Approve of this card, by a person who has one like it."""
    element = next(block for block in seen.blocks or [] if block["type"] == "actions")["elements"][0]
    action = payloads.action(town.workspace, element, "actions", {"type": "button"}) | {"action_ts": stamp}
    click = payloads.pressed_message(town.workspace, uid, seen, action)
    click["channel"] = {"id": town.workspace.talk.open_dm(uid), "name": "directmessage"}
    return post("interactive", click)


async def a_race(town: Town, http: ClientSession, request: str, denial: Json) -> int:
    """One race; returns how many whispers it led to."""
    made = clicks(town, request, denial)
    again = pressing_again(town, http, [click for _, wanted, click in made if wanted == "approved"])
    answers = await at_once(town, http, [click for _, _, click in made])
    while slow := [place for place, (_, text) in enumerate(answers) if SLOW in text]:
        for place, answer in zip(slow, await at_once(town, http, [made[one][2].again() for one in slow]), strict=True):
            answers[place] = answer
    assert {status for status, _ in answers} == {200}
    end = await an_end(town, request, lambda end: len(whispered(made, end)), again)
    assert end.grants == (end.outcome == "approved")
    assert end.whispers == len(whispered(made, end))
    lost = (
        text
        for (uid, wanted, _), (_, text) in zip(made, answers, strict=True)
        if wanted == "denied" and (uid, wanted) != end.won
    )
    assert [text for text in lost if ALREADY not in text] == []
    return end.whispers


def whispered(made: list[Click], end: End) -> list[Click]:
    """Those who pressed on a card and lost; a person who lost in a dialog reads it there."""
    return [one for one in made if one[1] == "approved" and one[:2] != end.won]


def pressing_again(town: Town, http: ClientSession, clicks: list[Post]) -> Callable[[], Awaitable[None]]:
    """People who are told to press again, since the database was too slow, do so; what was done by then is not done twice."""
    heeded = told_to_press_again(town)

    async def again() -> None:
        nonlocal heeded
        if (now := told_to_press_again(town)) > heeded:
            heeded = now
            await at_once(town, http, [one.again() for one in clicks])

    return again


def told_to_press_again(town: Town) -> int:
    return sum(BUSY[1] in str(call.args) for call in town.workspace.called("response_url"))


async def an_end(town: Town, request: str, whispers: Callable[[End], int], again: Callable[[], Awaitable[None]]) -> End:
    """How a race ended, once all have been told who are to be: a busy bot answers first, and does later what was pressed."""
    end: End | None = None

    async def told() -> bool:
        nonlocal end
        await again()
        end = await town.database.read(lambda store: how_it_ended(store, request))
        return end is not None and end.whispers >= whispers(end)

    with suppress(AssertionError):  # what is missing then is told by the caller
        await until(told, "the race is over")
    assert end is not None, "no one won"
    return end


@dataclass(frozen=True, slots=True)
class End:
    """How a race ended: the winner's Slack id, and what the store holds of it."""

    winner: str
    outcome: str
    grants: int
    whispers: int

    @property
    def won(self) -> tuple[str, str]:
        return self.winner, self.outcome


def how_it_ended(store: Store, request: str) -> End | None:
    """None while it goes on."""
    decisions = [one for one in store.audit.about(request) if one.action in DECISIONS and one.outcome == "done"]
    if not decisions:
        return None
    [decision], found = decisions, store.matters.of_kind(Request, request)
    assert found
    winner = store.people.get(found.decided_by or 0)
    assert (decision.actor, DECISIONS[decision.action]) == (f"person:{winner.id}", found.state)
    count = select(func.count()).select_from
    session = store.audit.session
    grants = session.scalar(count(Grant).where(Grant.matter_id == request)) or 0
    said = count(Outgoing).where(Outgoing.kind == "whisper", Outgoing.once.endswith(f":{request}"))
    in_slack = store.people.accounts([winner.id])[0]
    return End(in_slack.account_id, found.state, grants, session.scalar(said) or 0)


async def at_once(town: Town, http: ClientSession, posts: list[Post]) -> list[tuple[int, str]]:
    """Sends them all at the same moment, to the bots by turns."""
    bots = cycle(bot.url for bot in town.bots)
    return await asyncio.gather(*(one.to(http, next(bots)) for one in posts))
