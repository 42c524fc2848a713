"""A company in which anything may have happened: steps at the door, some of which are refused."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from handlers import listening
from handlers.access import deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK, WEB, Actor
from handlers.door import Repeated
from handlers.listening import ListeningSession
from handlers.rules import Refused
from tests.handlers.builders import CLAIM, POLICY, Company, ask, away, claim_about, player_of
from tests.handlers.changing import identified, show


@dataclass
class Busy:
    """What has come of it so far."""

    company: Company
    requests: list[str] = field(default_factory=list)
    sessions: list[tuple[ListeningSession, int]] = field(default_factory=list)

    async def do(self, step: str, which: int, who: int) -> None:
        """Take one step about one of the requests, as the first person from `who` on who isn't refused it."""
        request = self.requests[which % len(self.requests)] if self.requests else "R-NONE2222"
        people = list(self.company.people.values())
        for person in (*people[who:], *people[:who]):
            with suppress(Refused, Repeated):
                await STEPS[step](self, request, person)
                break
        self.company.clock.pass_(seconds=1 + which)


async def _ask(busy: Busy, _: str, who: Actor) -> None:
    busy.requests.append(await ask(busy.company, who, calls=busy.company.calls[: 1 + len(busy.requests) % 3]))


async def _claim(busy: Busy, _: str, who: Actor) -> None:
    busy.requests.append(await ask(busy.company, who, **CLAIM))


async def _claim_about(busy: Busy, _: str, who: Actor) -> None:
    busy.requests.append(await ask(busy.company, who, **claim_about("helena")))


async def _listen(busy: Busy, request: str, _: Actor) -> None:
    grant = await busy.company.database.read(lambda store: store.grants.of(request))
    if grant is None:
        return
    [holder] = [one for one in busy.company.people.values() if one.person_id == grant.person_id]
    opened = await player_of(busy.company, request, holder)
    calls = await busy.company.database.read(lambda store: store.recordings.of_request(request))
    busy.sessions.append((opened, calls[-1].id))


async def _hear(busy: Busy, _: str, who: Actor) -> None:
    for opened, call in busy.sessions[-2:]:
        part = listening.note_heard(
            opened.grant, opened.secret, call, float(who.person_id or 0), 7.0625 + (who.person_id or 0)
        )
        await busy.company.door.enter(part, WEB)


async def _expire(busy: Busy, request: str, who: Actor) -> None:
    busy.company.clock.pass_(days=3)
    grant = await busy.company.database.read(lambda store: store.grants.of(request))
    if grant is not None and grant.ends_at <= busy.company.clock.now:
        await busy.company.door.enter(deciding.expire_access(request), CLOCK)


async def _absence(busy: Busy, request: str, _: Actor) -> None:
    door = busy.company.door
    door.policy = away(POLICY, "team_leader") if door.policy is POLICY else POLICY
    await door.enter(MATTER.recheck(request), CLOCK)


async def _change(busy: Busy, request: str, who: Actor) -> None:
    """Have the recording system show another call in place of the first."""
    await identified(busy.company)
    await show(busy.company, audio=f"{who.person_id}" * 64, stamp=f"{busy.company.clock.now}")


STEPS: dict[str, Callable[[Busy, str, Actor], Awaitable[object]]] = {
    "ask": _ask,
    "claim": _claim,
    "claim about": _claim_about,
    "question": lambda busy, request, who: busy.company.door.enter(deciding.ask_requester(request, "Which one?"), who),
    "answer": lambda busy, request, who: busy.company.door.enter(deciding.answer_question(request, "That one."), who),
    "pass on": lambda busy, request, who: busy.company.door.enter(deciding.pass_on(request, "Not mine."), who),
    "approve": lambda busy, request, who: busy.company.door.enter(deciding.approve_request(request), who),
    "deny": lambda busy, request, who: busy.company.door.enter(deciding.deny_request(request, "No."), who),
    "withdraw": lambda busy, request, who: busy.company.door.enter(deciding.withdraw_request(request), who),
    "listen": _listen,
    "hear": _hear,
    "expire": _expire,
    "absence": _absence,
    "change": _change,
}
