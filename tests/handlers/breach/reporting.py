"""Reports as people write, read and handle them, through the door."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from handlers import away, recordings
from handlers.acting import CLOCK, DELIVERY, WEB, Actor, Handler
from handlers.breach import cards, clock, filing, readers, steps
from handlers.breach.cards import Message
from handlers.breach.filing import ReportForm, from_form
from handlers.breach.state import CallView, Filed, HandlerView, Known, ReporterView
from handlers.breach.steps import gather_calls, read_report
from handlers.cards import Actions, Card
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules.breach import promised_moments, receipt_at
from storage.breaches import AUDIO, CODE, SESSION, Breaches
from storage.database.store import Store
from storage.records import Record
from storage.tables.breaches import ReportPart
from tests.handlers.builders import NAMES, POLICY, Company, email
from tests.moments import NOW

R = TypeVar("R")
WORDS = "A colleague played a call of ours to friends."
WRITTEN = (
    WORDS, "Which day", "Look at the rota", "She was there", "HR-12", "Settled", "Looked into", "Thank you", "Tuesday", "CS-10443",
    "Bram Tolliver",
)  # fmt: skip
"""What these tests fill in."""
_keys = itertools.count(1)


def chosen(company: Company, *names: str) -> list[str]:
    """Return people as the form's look-up names them."""
    return [str(company.people[one].person_id) for one in names]


def anonymous(who: Actor) -> Actor:
    """Return the actor at a private form: an account without a person."""
    return Actor(who.account)


def told(company: Company, **more: Any) -> ReportForm:
    """Return the form, filled in; `accused` and `conflicts` by short names."""
    for field in ("accused", "conflicts"):
        more[field] = chosen(company, *more.get(field, ()))
    return ReportForm.read({"what": WORDS, "named": "withheld", **more})


def a_known(now: datetime = NOW, **told: Any) -> Known:
    """Return what is known of a report that arrived at a moment."""
    came = receipt_at(POLICY, now)
    given = {"source": "page", "what": "Something.", "day": came.day, "late": came.late}
    return Known.model_validate({**given, "promised": promised_moments(POLICY, came), **told})


async def report(company: Company, who: Actor, **more: Any) -> Filed:
    """Send the form in chat, as this person."""
    return await company.door.enter(from_form(told(company, **more), f"slack:V{next(_keys)}"), anonymous(who))


async def messages(company: Company) -> list[Message]:
    """Return what is to be sent about reports now, and count it as sent; no message has a word of a report, and no
    summary its id.
    """
    found = await company.door.enter(cards.collect_messages(), DELIVERY)
    for one in found:
        assert not [word for word in WRITTEN if word in str(one.card)]
        assert "B-" not in one.card.summary
        await company.door.enter(
            cards.note_delivered(one.name, "slack", f"D{one.person or one.account}", one.name), DELIVERY
        )
    return found


async def heard(company: Company) -> dict[str, list[str]]:
    """Return what was said to whom, by short name or account."""
    short = {who.person_id: name for name, who in company.people.items()}
    found: dict[str, list[str]] = {}
    for one in await messages(company):
        found.setdefault(short.get(one.person, one.account), []).append(one.card.summary)
    return found


async def tick(company: Company) -> int:
    """Do what the clock does for reports; return how many were made or changed."""
    return await company.door.enter(filing.report_findings(), CLOCK) + await company.door.enter(
        clock.review_reports(), CLOCK
    )


@dataclass(frozen=True)
class Page:
    """This person's page of a report."""

    company: Company
    report: str
    session: str

    async def read(self) -> HandlerView:
        return await self.company.door.enter(read_report(self.report, self.session), WEB)

    async def own(self) -> ReporterView:
        return await self.company.door.enter(filing.read_own_report(self.report, self.session), WEB)

    async def do(self, kind: Handler[..., R], *told: Any, **more: Any) -> R:
        return await self.company.door.enter(kind(self.report, self.session, *told, **more), WEB)


async def page(company: Company, who: Actor, name: str) -> Page:
    """Press Details (or Reply) as this person, and open the page."""
    code = await company.door.enter(readers.make_code(name), who)
    found, session = await company.door.enter(readers.exchange_code(code), WEB)
    assert found == name
    return Page(company, name, session)


async def reads(company: Company, who: str, name: str) -> bool:
    """Return True if this person can open and read the page of a report."""
    try:
        mine = await page(company, company.people[who], name)
    except Refused as told:
        assert told.code == "no_report"
        return False
    return (await mine.read()).report == name


async def the_report(company: Company) -> str:
    """Return the id of the only report."""
    return await company.database.read(_only)


def _only(store: Store) -> str:
    [one] = Breaches(store.session).all()
    return one.id


async def pages(company: Company, *who: str, **more: Any) -> list[Page]:
    """Return these people's pages of a report that Anna made."""
    await report(company, company.anna, **more)
    name = await the_report(company)
    return [await page(company, company.people[one], name) for one in who]


async def be_away(company: Company, who: Actor, first: int = 0, last: int = 0) -> None:
    """Be away from so many days from now until so many days from now, as entered on Home."""
    today = POLICY.company_day(company.clock.now)
    days = today + timedelta(days=first), today + timedelta(days=last)
    await company.door.enter(away.enter_absence(*days, f"V{next(_keys)}"), who)


PARTS = (b"RIFF" + b"first part of the audio" * 40, b"second part of the audio" * 40)
QUESTION = "Please decide whether a call may be heard for a confidential report."


async def the_page(company: Company, who: str = "ruth", **more: Any) -> Page:
    """Return this person's page of a report of Anna's, with the first call gathered."""
    await report(company, company.anna, **more)
    mine = await page(company, company.people[who], await the_report(company))
    await mine.do(gather_calls, "CS-10443")
    await heard(company)
    return mine


async def kept(company: Company, mine: Page, parts: tuple[bytes, ...] = PARTS, *, call: int = 0) -> str:
    """Keep the call's audio, in two parts or these; return the copy's name."""
    name = await mine.do(steps.begin_copy, company.calls[call])
    for number, data in enumerate(parts):
        await mine.do(steps.add_piece, name, number, data)
    await mine.do(steps.finish_copy, name, company.calls[call], len(parts), sum(map(len, parts)), "audio/wav")
    return name


async def asked(company: Company, who: str = "ruth", **more: Any) -> tuple[Page, str]:
    """Keep the audio and ask to hear it."""
    mine = await the_page(company, who, **more)
    name = await kept(company, mine)
    await mine.do(steps.ask_to_hear, name)
    return mine, name


async def granted(company: Company, mine: Page, parts: tuple[bytes, ...] = PARTS, **more: Any) -> str:
    """Let Ruth keep the audio and hear it; return the copy's name."""
    name = await kept(company, mine, parts, **more)
    await mine.do(steps.ask_to_hear, name)
    await decided(company, mine, name, "helena")
    return name


async def decided(
    company: Company, mine: Page, name: str, by: str, *, asker: str = "ruth", allowed: bool = True
) -> None:
    theirs = await page(company, company.people[by], mine.report)
    await theirs.do(steps.decide_hearing, name, company.people[asker].person_id, allowed=allowed)


async def the_call(mine: Page) -> CallView:
    [one] = (await mine.read()).calls
    return one


async def refused(look: Callable[[], Awaitable[object]]) -> str:
    with pytest.raises(Refused) as told:
        await look()
    return told.value.code


async def stored_parts(company: Company) -> list[tuple[str, int]]:
    def look(store: Store) -> list[tuple[str, int]]:
        return sorted(
            (one.name.split("/")[1], one.number) for one in store.session.query(ReportPart).filter_by(kind=AUDIO)
        )

    return await company.database.read(look)


def with_deputies(policy: Policy, **deputies: tuple[str, ...]) -> Policy:
    held = {
        role: policy.role(role).model_copy(update={"deputies": tuple(email(NAMES[one]) for one in names)})  # type: ignore[arg-type]
        for role, names in deputies.items()
    }
    return policy.model_copy(update={"roles": policy.roles.model_copy(update=held)})


async def bot_facts(company: Company, who: str = "ruth") -> list[str]:
    """Return the lines of the only report, which the bot made, as this person reads it."""
    view = await (await page(company, company.people[who], await the_report(company))).read()
    assert ("Sent", "by the bot itself, as facts only") in view.facts
    return dict(view.facts)["What happened"].split("\n")


async def alerted(company: Company) -> list[str]:
    """Return everyone who is told of a new report."""
    found = await heard(company)
    assert all(words == [ALERT] for words in found.values())
    return sorted(found)


async def vanish(company: Company, *names: str) -> None:
    await company.door.enter(recordings.register_calls("file", (), names), CLOCK)


ALERT = "A confidential report has come in."
OVER = "This report is no longer with you."


async def collected(company: Company) -> list[Message]:
    return await company.door.enter(cards.collect_messages(), DELIVERY)


async def undelivered(company: Company, name: str, **more: Any) -> None:
    await company.door.enter(cards.note_undelivered(name, **{"gone": False, **more}), DELIVERY)


async def notices(company: Company) -> list[ReportPart]:
    def look(store: Store) -> list[ReportPart]:
        found = Breaches(store.session).messages()
        store.session.expunge_all()
        return found

    return await company.database.read(look)


async def states(company: Company) -> list[str]:
    return sorted(one.kind for one in await notices(company))


def buttons(card: Card) -> list[str]:
    return [one.label for part in card.parts if isinstance(part, Actions) for one in part.buttons]


ACKNOWLEDGE = datetime(2026, 11, 26, 6, tzinfo=UTC)  # Thursday, 17:00 in Sydney
WAITS, FEEDBACK = ACKNOWLEDGE + timedelta(days=1), datetime(2026, 12, 8, 6, tzinfo=UTC)
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)
MORNING = datetime(2026, 12, 15, 22, tzinfo=UTC)  # Wednesday, 09:00: the first of the weekly reminders
STILL = "A confidential report is still waiting to be acknowledged."
UNANSWERED = "A confidential report is still waiting for your answer."
LATE = "Your confidential report has not been acknowledged yet."


async def at(company: Company, moment: datetime) -> dict[str, list[str]]:
    """Return what is said once the clock gets there; check that nothing is said a second before."""
    company.clock.now = moment - timedelta(seconds=1)
    await tick(company)
    assert await heard(company) == {}
    company.clock.now = moment
    await tick(company)
    told = await heard(company)
    assert await tick(company) == 0
    assert await heard(company) == {}
    return told


async def later(company: Company, moment: datetime) -> dict[str, list[str]]:
    """Return what is said once the clock gets there in one go, whatever came before."""
    company.clock.now = moment
    await tick(company)
    return await heard(company)


async def made(company: Company, *, by: str = "anna", **more: object) -> str:
    """Make a report that its readers were told of."""
    await report(company, company.people[by], **more)
    await tick(company)
    await heard(company)
    return await the_report(company)


async def opened(company: Company, who: str, name: str) -> Page:
    mine = await page(company, company.people[who], name)
    await mine.read()
    return mine


async def closed(company: Company, name: str) -> Page:
    ruth = await opened(company, "ruth", name)
    await ruth.do(steps.write_outcome, "HR-12", "Settled.")
    await ruth.do(steps.close_report, "Thank you.")
    await heard(company)
    return ruth


async def rows_of(company: Company, kind: type[Record]) -> int:
    return await company.database.read(lambda store: store.session.query(kind).count())


SPENT = "code_spent"


async def a_code(company: Company, who: Actor, **more: object) -> tuple[str, str]:
    """Make a report of Anna's, and a code for a person who presses Details or Reply."""
    await report(company, company.anna, **more)
    name = await the_report(company)
    return name, await company.door.enter(readers.make_code(name), who)


async def exchanged(company: Company, code: str) -> tuple[str, str]:
    return await company.door.enter(readers.exchange_code(code), WEB)


async def over(look: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(Refused) as told:
        await look()
    assert told.value.code == "over"


async def passes(company: Company) -> dict[str, int]:
    """Return how many codes and sessions there are."""

    def count(store: Store) -> dict[str, int]:
        kinds = [one.kind for one in store.session.query(ReportPart) if one.kind in (CODE, SESSION)]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    return await company.database.read(count)
