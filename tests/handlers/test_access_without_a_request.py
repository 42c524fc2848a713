"""P7, P11: access that another kind of matter gives is heard, told and held to its calls as that of a request is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from handlers import HANDLERS, approved
from handlers.acting import WEB, Act, Done, Intent
from handlers.ids import new_id
from handlers.listening import Exchange, Heard, Listen, Opened, Served, as_approved, hear
from handlers.playing import described
from handlers.rules.refusal import Refused
from handlers.written import salt_of
from storage.database.store import Store
from storage.records import Grant, Listening, RequestedRecording
from tests.each import each
from tests.handlers.builders import Company, audit, refusal
from tests.handlers.changing import OTHER, change, identified
from tests.handlers.policy_review.acts import declare
from tests.handlers.reading import home_of, lines, looking

pytestmark = pytest.mark.by_hand  # no kind of matter does this yet, so the log is held against none


@dataclass(frozen=True)
class Lend(Intent[str]):
    """Some matter gives somebody access to some calls, as a later feature may."""

    action: ClassVar[str] = "policy_review.lend"
    matter: str
    person: int
    calls: tuple[int, ...]

    @property
    def subject(self) -> str:
        return self.matter


def lend(act: Act, intent: Lend) -> Done[str]:
    matter = act.store.matters.get(intent.matter)
    assert matter is not None
    calls = act.store.recordings.present(intent.calls, act.now)
    for place, one in enumerate(calls):
        row = RequestedRecording(request_id=matter.id, recording_id=one.id, place=place, version=one.version)
        act.store.session.add(row)
    ends_at = act.now + timedelta(days=7)
    grant = Grant(id=new_id("G"), matter_id=matter.id, person_id=intent.person, starts_at=act.now, ends_at=ends_at)
    act.store.grants.give(grant)
    return Done(grant.id, detail={"grant": grant.id, **approved.told(salt_of(act, matter), calls)})


@pytest.fixture(autouse=True)
def lending(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house with such a feature."""
    company.door.handlers = {**HANDLERS, Lend: lend}
    monkeypatch.setattr(approved, "GIVING", approved.GIVING | {Lend.action})


async def lent(company: Company) -> str:
    """Helena lends two calls to Anna, for a matter that is no request; the matter's id."""
    matter = await declare(company, company.tara)
    wanted = Lend(matter, company.anna.person_id or 0, tuple(company.calls[:2]))
    await company.door.enter(wanted, company.helena)
    return matter


async def opened(company: Company, matter: str) -> Opened:
    return await company.door.enter(Exchange(await company.door.enter(Listen(matter), company.anna)), WEB)


async def test_p7_it_is_opened_and_heard_and_each_part_is_on_record(company: Company) -> None:
    matter = await lent(company)
    session = await opened(company, matter)
    call = company.calls[1]
    seen = await looking(company, WEB, lambda act: as_approved(act, session.grant, session.secret, call))
    assert (seen.matter.id, [one.id for one in seen.recordings]) == (matter, company.calls[:2])
    await company.door.enter(Served(session.grant, session.secret, call, 0.0, 9.0), WEB)
    heeded = await company.door.enter(Heard(session.grant, session.secret, call, 1.0, 9.0), WEB)
    assert (heeded.person, heeded.refusal) == (company.anna.person_id, None)
    [part] = await company.database.read(lambda store: store.session.query(Listening).all())
    assert (part.grant_id, part.recording_id, part.start, part.end) == (session.grant, call, 1.0, 9.0)
    actions = [action for _, action, *_ in await audit(company, session.grant)]
    assert actions == ["listening.open", "listening.audio", "listening.part"]


async def test_p11_the_page_says_by_whose_approval(company: Company) -> None:
    session = await opened(company, await lent(company))
    told = await looking(company, WEB, lambda act: described(act, session.grant, session.secret))
    assert (told["person"], told["approved_by"], told["reason"]) == ("Anna Quill", "Helena Marsh", "")


@each("recording", [2, 7])
async def test_p7_no_other_call_is_opened_by_it(company: Company, recording: int) -> None:
    session = await opened(company, await lent(company))
    wanted = company.calls[2] if recording == 2 else 10_000
    with pytest.raises(Refused) as refused:
        await looking(company, WEB, lambda act: as_approved(act, session.grant, session.secret, wanted))
    assert refused.value.code == "not_granted"


async def test_p7_nobody_else_opens_it_and_it_ends(company: Company) -> None:
    matter = await lent(company)
    assert (await refusal(company, Listen(matter), company.bram)).code == "not_holder"
    session = await opened(company, matter)
    company.clock.pass_(days=8)
    assert (await refusal(company, Served(session.grant, session.secret, company.calls[0], 0, 1), WEB)).code == "ended"


async def test_p7_a_call_that_changed_is_closed_at_once(company: Company) -> None:
    await identified(company)
    session = await opened(company, await lent(company))
    await change(company, audio=OTHER)
    with pytest.raises(Refused):
        await looking(company, WEB, lambda act: hear(act, session.grant, session.secret))


async def test_p7_without_an_entry_that_gives_it_no_audio_is_opened(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await opened(company, await lent(company))
    monkeypatch.setattr(approved, "GIVING", frozenset({approved.APPROVED}))
    with pytest.raises(Refused) as refused:
        await looking(company, WEB, lambda act: as_approved(act, session.grant, session.secret, company.calls[0]))
    assert refused.value.code == "not_as_approved"
    told = await looking(company, WEB, lambda act: described(act, session.grant, session.secret))
    assert told["approved_by"] == "Anna Quill"


async def test_its_calls_are_looked_at_as_those_of_requests_are(company: Company) -> None:
    def watched(store: Store) -> set[str]:
        return set(store.recordings.watched("file", company.clock.now))

    assert await company.database.read(watched) == set()
    await lent(company)
    assert await company.database.read(watched) == {"call-1", "call-2"}


async def test_the_homes_of_whoever_holds_and_gave_it_are_drawn(company: Company) -> None:
    await lent(company)
    assert "You may hear now" not in str(lines(await home_of(company, company.anna)))
    assert "Access that you gave" not in str(lines(await home_of(company, company.helena)))
