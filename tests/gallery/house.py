"""A house for one scene: the real bot on a database of its own, the stand-in workspace, and a clock that stands still."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from aiohttp import web

from bot.app import Steward
from bot.rehearsal.beacon import SampleBeacon, with_sample_beacon
from bot.rehearsal.clock import MovableClock, send_its_date
from bot.rehearsal.company import PEOPLE
from bot.rehearsal.demo import company_settings, workspace
from bot.rehearsal.slack import Member, Message, Outcome, Person, Rates, Workspace, routes
from bot.rehearsal.slack.payloads import submitted
from bot.settings.config import policy
from handlers.policy import Policy
from storage.database.upgrade import upgrade
from tests.gallery.shots import Json, Kind, Shot
from tests.gallery.twins import Twins, twin
from tests.patience import PATIENCE, unhurried
from tests.stories.waiting import until

START = datetime(2026, 11, 23, 23, 42, tzinfo=UTC)  # Tuesday, 10:42 in Sydney; still Monday in London
ANNA, BRAM, CLEO, TARA, DEVEN, HELENA, RUTH, MILES, QUINN, PIP = (
    next(one.id for one in PEOPLE if one.name.startswith(name))
    for name in ("Anna", "Bram", "Cleo", "Tara", "Deven", "Helena", "Ruth", "Miles", "Quinn", "Pip")
)
PURPOSE = "Mrs Pemberly says that we promised her a free visit. I want to hear what was said before I answer her."
CLAIM = {
    "matter": "Claim of Mrs Pemberly, November invoice",
    "basis": "Our insurer’s reference HX-2231",
    "audience": "nobody",
}
INVESTIGATIONS = ("crime", "legal_claim")


class StillClock(MovableClock):
    """Stands still until a scene moves it, so that every picture of a state shows the same times."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def move(self, to: datetime) -> None:
        self.moment = to

    def seconds(self) -> float:
        return self.moment.timestamp()


@dataclass
class House:
    """What a scene needs: people who act as they would, and pictures of what they then see."""

    workspace: Workspace
    steward: Steward
    clock: StillClock
    twins: Twins

    def person(self, uid: str) -> Person:
        return self.workspace.person(uid)

    async def settled(self) -> None:
        """Everything that followed from what somebody did is done and delivered."""
        await self.steward.finish()
        while await self.steward.delivery.drain():
            await self.steward.finish()

    async def pass_(self, **span: float) -> None:
        """Time goes by, and what falls due at its end is done."""
        self.clock.move(self.clock.now() + timedelta(**span))
        await self.steward.tick()
        await self.settled()

    async def form(self, uid: str, reason: str = "", calls: Sequence[str] = (), **filled: str) -> Json:
        """Open the form by its command and choose; returns what else is to be filled in."""
        await self.person(uid).command("/recording-request")
        await self.settled()
        if reason:
            await self.person(uid).press("modal", "redraw", reason)
            await self.settled()
        chosen = [await self._found(uid, one) for one in calls]
        return {"reason": reason or None, "recordings": chosen, **filled}

    async def _found(self, uid: str, typed: str) -> str:
        """The first call that is offered; a look-up that nobody answers in time is typed again, as people do."""
        found = await until(lambda: self.person(uid).options("lookup:recordings", typed), f"a call for {typed}")
        return str(found[0]["value"])

    async def ask(
        self, uid: str = ANNA, reason: str = "complaint", calls: Sequence[str] = ("CS-10397",), crm: str = "CS-10442",
        purpose: str = PURPOSE, more: Mapping[str, str] = CLAIM,
    ) -> str:  # fmt: skip
        """File a request through the form; returns its id."""
        before = {message.ts for message in self.workspace.dm(uid)}
        details = more if reason in INVESTIGATIONS else {}
        filled = await self.form(uid, reason, calls, crm=crm, purpose=purpose, **details)
        await self.sent(uid, filled)
        [card] = [message for message in self.workspace.dm(uid) if message.ts not in before]
        return str(card.text.partition("R-")[1] + card.text.partition("R-")[2][:8])

    async def sent(self, uid: str, filled: Mapping[str, object]) -> None:
        """Send the open form; raises where it was not taken."""
        outcome = await self.person(uid).submit(filled)
        await self.settled()
        if not outcome.ok:
            raise AssertionError(f"the form was not taken: {outcome}")

    def fill(self, uid: str, filled: Mapping[str, object]) -> None:
        """Fill in the open form and leave it open."""
        person = self.person(uid)
        view = person._view("modal")
        view.fill(person._values(view, filled))

    async def refused(self, uid: str, filled: Mapping[str, object]) -> dict[str, str]:
        """Send the open form without what Slack's own client checks first; the bot's sentences at its fields.

        What is about the whole form stands above it. Raises where the bot has no objection.
        """
        self.fill(uid, filled)
        view = self.person(uid)._view("modal")
        reply = await self.workspace.sender.ask("interactive", submitted(self.workspace, uid, view))
        await self.settled()
        answer = reply.json or {}
        if answer.get("response_action") == "update":
            self.workspace.views.replace(view, answer["view"])
            return {}
        errors: dict[str, str] = answer.get("errors", {})
        if not errors:
            raise AssertionError(f"the form was taken: {reply}")
        return errors

    async def press(self, uid: str, where: Message | str, button: str) -> None:
        """Press a button on a message, on "home" or on the open "modal"; raises where Slack would show an error."""
        outcome = await self.person(uid).press(where, button)
        await self.settled()
        _worked(outcome, button)

    async def do(self, uid: str, request: str, button: str, words: str = "") -> None:
        """Press a button on one's card of a request, and fill in the form that it opens."""
        await self.press(uid, self.card(uid, request), button)
        if words:
            await self.sent(uid, {"words": words})

    def holds(self, uid: str, request: str) -> bool:
        """Whether somebody has a card of a request."""
        return bool(self._cards(uid, request))

    def card(self, uid: str, request: str) -> Message:
        """One's card of a request as it stands."""
        return self._cards(uid, request)[-1]

    def _cards(self, uid: str, request: str) -> list[Message]:
        return [one for one in self.workspace.dm(uid) if len(one.blocks or []) > 2 and request in str(one.blocks)]

    def shot_of_card(self, name: str, uid: str, request: str) -> Shot:
        return self.shot_of_message(name, uid, self.card(uid, request))

    def shot_of_last(self, name: str, uid: str) -> Shot:
        """The newest message, such as a line in words or a whisper."""
        return self.shot_of_message(name, uid, self.workspace.dm(uid)[-1])

    def shot_of_message(self, name: str, uid: str, message: Message) -> Shot:
        author = self.workspace.members[message.author]
        told: Json = {
            "ts": message.ts, "text": message.text, "blocks": message.blocks, "ephemeral": message.ephemeral,
            "edited": message.edited, "at": message.at.isoformat(),
            "from": {"id": author.id, "name": author.name, "bot": True, "initials": "", "colour": ""},
        }  # fmt: skip
        words = message.text if message.ephemeral else ""
        return self._shot(name, "message", uid, told, words=words)

    def shot_of_modal(self, name: str, uid: str, errors: Mapping[str, str] | None = None) -> Shot:
        """The open dialog, closed afterwards so that the next one can open."""
        view = self.person(uid).modal
        if view is None:
            raise LookupError(f"{uid} has no dialog open")
        self.workspace.views.stack(uid).clear()
        return self._shot(name, "modal", uid, view, errors)

    async def shot_of_home(self, name: str, uid: str) -> Shot:
        """The Home tab, opened now."""
        await self.person(uid).open_home()
        await self.settled()
        view = self.person(uid).home
        if view is None:
            raise LookupError(f"{uid} has no home")
        return self._shot(name, "home", uid, view)

    def shot_of_question(self, name: str, uid: str, confirm: Json) -> Shot:
        """The question that Slack asks before a button with `confirm` does its work."""
        home = self.person(uid).home or {}
        return replace(
            self._shot(name, "home", uid, home, unfold=confirm["title"]["text"]), kind="confirm", seen=confirm
        )

    def _shot(
        self, name: str, kind: Kind, uid: str, seen: Json, errors: Mapping[str, str] | None = None,
        *, words: str = "", unfold: str = "",
    ) -> Shot:  # fmt: skip
        about: Json = {
            "uid": uid, "zone": self.workspace.members[uid].zone, "now": self.clock.now().isoformat(),
            "names": {member.id: member.name for member in self.workspace.members.values()},
        }  # fmt: skip
        card = None if words else self.twins.card(seen, errors or {})
        there = twin(card, at=self.clock.now(), zone=about["zone"], words=words, unfold=unfold)
        return Shot(name, kind, seen, about, dict(errors or {}), there)


def _worked(outcome: Outcome, what: str) -> None:
    if not outcome.ok:
        raise AssertionError(f"{what} did not work: {outcome}")


def _patient(company: Workspace) -> Workspace:
    """It waits for a slow machine, and takes as much as comes."""
    return replace(company, ack_seconds=PATIENCE, trigger_seconds=PATIENCE, rates=Rates.unlimited())


_policy = cache(policy)  # reading it takes as long as playing a scene


@asynccontextmanager
async def a_house(
    folder: Path, calls: Path, people: Sequence[Member] = (), change: Callable[[Policy], Policy] = lambda same: same
) -> AsyncIterator[House]:
    """Open a house on the migrated database in `folder` and close it again; `change` makes another policy."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        settings = company_settings(folder, door.getsockname()[1]).model_copy(
            update={"recordings_url": f"file://{calls}"}
        )
        clock = StillClock()
        rules = with_sample_beacon(change(_policy(settings.policy_file)))
        steward = Steward(settings, rules, clock.now, seconds=clock.seconds)
        steward.register.read = True  # when the database in this folder was made
        app, company = steward.build(), _patient(workspace(settings, clock))
        company.members |= {one.id: one for one in people}
        company.talk.channels["C0GENERAL"].members += tuple(one.id for one in people)
        app.add_routes([*routes(company), *SampleBeacon(clock.now).routes()])
        send_its_date(app, clock)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, door).start()
        try:
            steward.restoring.state = ""  # nothing is restored here, and nobody waits to hear so
            await steward.directories["slack"].chat.greet()
            twins = Twins()
            with twins.watching(), unhurried():
                yield House(company, steward, clock, twins)
        finally:
            await steward.stop()
            await company.close()
            await runner.cleanup()


async def a_base(folder: Path, calls: Path, people: Sequence[Member]) -> Path:
    """A database in which everybody has been met and all calls are registered; returns its file, to be copied."""
    async with a_house(folder, calls, people) as house:
        await upgrade(house.steward.database)
        await house.steward.tick()
        for uid in house.workspace.members:
            if house.workspace.members[uid].standing != "bot":
                await house.steward.directories["slack"].visitor(uid)
        await house.settled()
    return folder / "steward.db"


def copied(base: Path, folder: Path) -> Path:
    """A folder with a copy of that database in it, and of the key with which its log is sealed."""
    folder.mkdir(parents=True)
    for one in (base, base.with_name("secret.key")):
        shutil.copy(one, folder / one.name)
    return folder
