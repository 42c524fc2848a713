"""P7, P11: a code once and for a minute, a session for the grant's holder only, what plays, and a record of what was heard."""

import asyncio
import json
from dataclasses import dataclass

import pytest

from handlers import listening
from handlers.access import deciding
from handlers.acting import WEB
from handlers.listening import Hearing, ListeningSession, describe_page, open_hearing
from handlers.rules import Refused
from storage.records import Listening, Pass
from tests.each import each
from tests.handlers.builders import (
    POLICY,
    UK,
    Company,
    account,
    approved,
    audit,
    call,
    meet,
    player_of,
    refusal,
    register,
)
from tests.handlers.reading import looking
from tests.moments import NOW

pytestmark = pytest.mark.long


@dataclass
class Session:
    """A browser that opened the player for a request."""

    request: str
    opened: ListeningSession

    @property
    def names(self) -> tuple[str, str]:
        return self.opened.grant, self.opened.secret


async def an_opened_session(company: Company, calls: list[int] | None = None) -> Session:
    request = await approved(company, calls=calls or company.calls[:2])
    return Session(request, await player_of(company, request))


async def _hear(company: Company, session: Session) -> Hearing:
    return await looking(company, WEB, lambda ctx: open_hearing(ctx, *session.names))


async def _refused_hearing(company: Company, session: Session) -> str:
    with pytest.raises(Refused) as refused:
        await _hear(company, session)
    return refused.value.code


async def _parts(company: Company, session: Session) -> list[Listening]:
    of = Listening.grant_id == session.opened.grant
    return await company.database.read(lambda store: store.rows(Listening, of, by=(Listening.at,)))


async def test_p7_the_holder_gets_a_code_that_is_kept_as_a_hash(company: Company) -> None:
    request = await approved(company)
    code = await company.door.enter(listening.make_listen_code(request), company.anna)
    [kept] = await company.database.read(lambda store: store.session.query(Pass).all())
    assert len(code) >= 43  # 256 bits in base64
    assert (kept.kind, kept.hash) == ("code", company.door.keys.mark_of_pass("code", code))
    assert ((kept.ends_at - NOW).total_seconds(), code in json.dumps(await audit(company))) == (60, False)
    told = {"grant": kept.grant_id, "code": kept.hash, "until": kept.ends_at.isoformat()}
    assert (await audit(company, request))[-1][1:] == ("listening.code", "done", "P7", told)


@each("name", ["bram", "tara", "helena", "ruth"])
async def test_p7_no_one_else_gets_one_not_even_who_approved_it(company: Company, name: str) -> None:
    request = await approved(company)
    refused = await refusal(company, listening.make_listen_code(request), company.people[name])
    assert (str(refused), refused.code) == ("You have no access to these calls.", "not_holder")


async def test_p7_a_code_opens_one_session(company: Company) -> None:
    session = await an_opened_session(company)
    hearing = await _hear(company, session)
    assert [one.id for one in hearing.recordings] == company.calls[:2]
    assert hearing.matter.id == session.request
    kinds = await company.database.read(lambda store: {one.kind: one for one in store.session.query(Pass)})
    told = {"person": company.anna.person_id, "request": session.request, **{one: kinds[one].hash for one in kinds}}
    assert (await audit(company, session.opened.grant))[-1] == ("web", "listening.open", "done", "P7", told)
    assert kinds["session"].hash == company.door.keys.mark_of_pass("session", *reversed(session.names))
    assert kinds["session"].ends_at == hearing.grant.ends_at
    assert kinds["code"].used_at == company.clock.now


async def test_p7_a_code_is_spent_after_its_first_use(company: Company) -> None:
    code = await company.door.enter(listening.make_listen_code(await approved(company)), company.anna)
    results = await asyncio.gather(
        *(company.door.enter(listening.exchange_code(code), WEB) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, ListeningSession) for one in results) == 1
    refused = await refusal(company, listening.exchange_code(code), WEB)
    assert refused.code == "code_spent"
    assert str(refused) == "This link has already been used, or is more than a minute old. Press Listen again."
    assert (await audit(company))[-1][:3] == ("web", "listening.open", "refused")


async def test_p7_a_code_lives_for_sixty_seconds(company: Company) -> None:
    request = await approved(company)
    first, second = [await company.door.enter(listening.make_listen_code(request), company.anna) for _ in range(2)]
    company.clock.pass_(seconds=59.999)
    await company.door.enter(listening.exchange_code(first), WEB)
    company.clock.pass_(seconds=0.001)
    assert (await refusal(company, listening.exchange_code(second), WEB)).code == "code_spent"


@each("code", ["", "guessed", "\0", "\ud800", "x" * 5000])
async def test_p7_a_guessed_code_opens_nothing(company: Company, code: str) -> None:
    await company.door.enter(listening.make_listen_code(await approved(company)), company.anna)
    assert (await refusal(company, listening.exchange_code(code), WEB)).code == "code_unknown"


@pytest.mark.parametrize("standing", ["deactivated", "guest"])
async def test_p7_nor_of_someone_who_is_no_member_any_more(company: Company, standing: str) -> None:
    session = await an_opened_session(company)
    code = await company.door.enter(listening.make_listen_code(session.request), company.anna)
    await meet(company.door, account("UANNA", "Anna Quill", standing))
    assert (await refusal(company, listening.exchange_code(code), WEB)).code == "not_holder"
    assert await _refused_hearing(company, session) == "not_holder"
    assert (
        await refusal(company, listening.note_served(*session.names, company.calls[0], 0, 9), WEB)
    ).code == "not_holder"


@each("secret", ["", "guessed", "\0", "\ud800"])
async def test_p7_a_guessed_session_hears_nothing(company: Company, secret: str) -> None:
    session = await an_opened_session(company)
    session.opened = ListeningSession(session.opened.grant, secret)
    assert await _refused_hearing(company, session) == "no_session"


async def test_p7_a_grant_opens_its_own_calls_only(company: Company) -> None:
    session = await an_opened_session(company)
    other = company.calls[2]
    for recording in (other, 0, 999):
        refused = await refusal(company, listening.note_served(*session.names, recording, 0.5, 9), WEB)
        assert (str(refused), refused.code) == ("You have no access to this call.", "not_granted")
        assert (
            await refusal(company, listening.note_heard(*session.names, recording, 0, 5), WEB)
        ).code == "not_granted"


async def test_p11_every_part_that_was_heard_is_recorded(company: Company) -> None:
    session, recording = await an_opened_session(company), company.calls[0]
    heeded = await company.door.enter(listening.note_heard(*session.names, recording, 1.5, 11.25), WEB)
    hearing = await _hear(company, session)
    assert (heeded.until, heeded.refusal) == (hearing.grant.ends_at, None)
    [part] = await _parts(company, session)
    assert (part.person_id, part.recording_id) == (company.anna.person_id, recording)
    assert (part.start, part.end, part.at) == (1.5, 11.25, company.clock.now)
    entry = (await audit(company, session.opened.grant))[-1]
    assert entry[:4] == ("web", "listening.part", "done", "P11")
    assert entry[4] == {
        "person": company.anna.person_id, "request": session.request, "recording": recording,
        "from_ms": 1500, "to_ms": 11_250,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [(-5, 3, (0, 3)), (50, 900, (50, 62)), (10, 10, None), (10, 10.049, None), (10, 10.05, (10, 10.05)), (20, 5, None), (900, 950, None)],
)  # fmt: skip
async def test_p11_what_was_heard_lies_within_the_call(
    company: Company, start: float, end: float, kept: tuple[float, float] | None
) -> None:
    session = await an_opened_session(company)
    await company.door.enter(listening.note_heard(*session.names, company.calls[0], start, end), WEB)
    parts = await _parts(company, session)
    assert [(one.start, one.end) for one in parts] == ([kept] if kept else [])
    assert len([one for one in await audit(company) if one[1] == "listening.part"]) == len(parts)


@each("way", ["withdrawn", "ended"])
async def test_p11_the_last_seconds_before_the_end_are_still_recorded(company: Company, way: str) -> None:
    session = await an_opened_session(company)
    if way == "withdrawn":
        await company.door.enter(deciding.withdraw_request(session.request), company.tara)
    else:
        company.clock.pass_(days=7, seconds=-1)
        await _hear(company, session)
        company.clock.pass_(seconds=1)
    company.clock.pass_(seconds=15)
    last = listening.note_heard(*session.names, company.calls[0], 0, 5)
    served = listening.note_served(*session.names, company.calls[0], 0, 9)
    assert await _refused_hearing(company, session) == (await refusal(company, served, WEB)).code == way
    heeded = await company.door.enter(last, WEB)
    assert heeded.refusal is not None
    assert heeded.refusal.code == way
    assert len(await _parts(company, session)) == 1
    company.clock.pass_(seconds=0.1)
    assert (await refusal(company, last, WEB)).code == way
    assert (await refusal(company, listening.make_listen_code(session.request), company.anna)).code == way


async def test_p11_the_page_says_whose_call_why_and_until_when(company: Company) -> None:
    calls = await register(company.door, call(8, line=UK, caller=""), call(9, direction="outgoing"))
    session = await an_opened_session(company, calls)
    told = await looking(company, WEB, lambda ctx: describe_page(ctx, *session.names))
    assert (told["person"], told["request"], told["approved_by"]) == ("Anna Quill", session.request, "Tara Lindqvist")
    assert (told["until"], told["until_told"]) == ("2026-12-01T03:00:00+00:00", "Tue 1 Dec, 14:00 Sydney")
    assert told["reason"] == POLICY.reasons["complaint"].label
    calls_told = told["recordings"]
    assert isinstance(calls_told, list)
    first, second = calls_told
    assert (first["started_told"], first["caller"]) == ("Mon 16 Nov, 14:00 Sydney (03:00 London)", None)
    assert (second["caller"], second["operator"]) == ("•••• 679", "Bram Tolliver")
