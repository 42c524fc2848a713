"""C1, P8, P11: what a customer was given, when that was, and what was written to them, is held against the log, both ways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from handlers.acting import NONE, WEB
from handlers.customers.intents import Bounced, LeavePage, OpenLink, Played
from handlers.customers.serving import serve
from handlers.ids import hashed
from handlers.reconciling.answering import AS_WHAT
from handlers.reconciling.copies import CODES, LENGTHS
from handlers.reconciling.customers import PROMISES, UNTRIED
from handlers.reconciling.findings import Gap
from handlers.reconciling.letters import LETTERS
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.tables.keys import MatterKey
from storage.tables.log import AuditEntry
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import (
    accepted,
    fetched,
    late,
    let_in,
    links,
    passcode,
    refusing,
    release,
)
from tests.handlers.reading import looking
from tests.moments import NOW
from tests.reconciled import findings, results

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
FAR = "2099-01-01 00:00:00.000000"
LINK, ASKED = "link {link} of customer’s request {request}: ", "customer’s request {request}: "
LISTENING = "listening {had} by link {link}"
LINKS = "matter_id, made_at, ends_at, state, gives, passcode, passcodes, tries"
MAILS = "matter_id, kind, sealed, made_at, next_at, state, attempts, code"
MAIL = "letter {mail} of customer’s request {request}: "


async def lived(company: Company) -> str:
    """A request by which a customer heard a part of a call and has a copy of all of it; each a minute later."""
    request = await a_request(company)
    company.clock.pass_(minutes=1)
    await release(company, request)
    company.clock.pass_(minutes=1)
    letter = await accepted(company)
    company.clock.pass_(minutes=1)
    await fetched(company, request, letter)
    company.clock.pass_(minutes=1)
    names = await let_in(company, request, letter)
    await company.door.enter(Played(*names, company.calls[0], 0.5, 9), WEB)
    code = letter.written.link.partition("#")[2]
    assert not (await company.door.enter(OpenLink(code, "no such"), WEB)).secret
    assert await findings(company.database) == []
    return request


async def by_hand(company: Company, *changes: str) -> list[str]:
    """What is found after these."""

    def change(store: Store) -> None:
        for one in changes:
            store.session.execute(text(one))

    await company.database.write(change)
    return await findings(company.database)


async def named(company: Company, request: str, words: str) -> str:
    """With the ids that stand there."""

    def look(store: Store) -> dict[str, str]:
        [link], [mail] = store.customers.links(request), store.customers.mails(request)
        [had] = [one for one in store.customers.listenings(request) if one.kind == "played"]
        return {"link": link.id, "mail": mail.id, "had": had.id}

    return words.format(request=request, **await company.database.read(look))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (f"update customer_links set ends_at = '{FAR}'", LINK + "“ends” is stored as 2099-01-01"),
        ("update customer_links set made_at = '2026-11-01 00:00:00.000000'", LINK + "“made” is stored as 2026-11-01"),
        ("update customer_links set gives = 'listen'", LINK + "“gives” is stored as listen, but"),
        (f"update customer_links set code = '{hashed('mine')}'", LINK + "“code” is stored as"),
        ("update customer_links set state = 'locked'", LINK + "“state” is stored as locked, but the log says live"),
        ("update customer_links set tries = 0", LINK + "“tries” is stored as 0, but the log says 1"),
        ("update customer_links set passcodes = 1", LINK + "“passcodes” is stored as 1, but the log says 2"),
        ("update customer_links set opened_at = null", LINK + "“opened” is stored as nothing, but"),
        ("update customer_links set fetched_at = null", LINK + "“fetched” is stored as nothing, but"),
        (f"update customer_sessions set ends_at = '{FAR}'", "“ends” is stored as 2099-01-01"),
        ("delete from customer_listenings where kind = 'played'", " was played by link {link}, but that is no longer stored"),
        ("update customer_listenings set \"end\" = 2 where kind = 'played'", LISTENING + " is stored, but the log knows nothing of it"),
        ("update customer_listenings set \"end\" = 2 where kind = 'downloaded'", " was downloaded by link {link}, but that is no longer stored"),
        ("update customer_listenings set kind = 'downloaded'", " was played by link {link}, but that is no longer stored"),
        ("update customer_listenings set whole = false", "link {link}: “had whole” is stored as nothing, but the log says recording 1 downloaded"),
        ("update customer_mails set state = 'dropped'", MAIL + "“state” is stored as dropped, but the log says accepted"),
        ("update customer_mails set settled_at = made_at", MAIL + "“settled” is stored as"),
        ("update customer_mails set made_at = '2026-11-01 00:00:00.000000'", MAIL + "“written” is stored as 2026-11-01"),
        ("update customer_mails set code = '550'", MAIL + "“code” is stored as 550, but the log says 250"),
        ("update customer_mails set kind = 'late'", MAIL + "“kind” is stored as late, but"),
        ("update customer_mails set link_id = null", MAIL + "“link” is stored as nothing, but"),
        ("update customer_mails set attempts = 3", MAIL + "“attempts” is stored as 3, but the log says 1"),
        ("update customer_mails set message_id = 'other'", MAIL + "its words, or by what a mail server knows it, were changed after entry"),
        ("update customer_requests set answered_at = '2026-11-24 03:00:01.000000'", ASKED + "“answered at” is stored as 2026-11-24 03:00:01"),
        ("update matters set closed_at = '2026-11-24 03:00:01.000000'", ASKED + "“closed at” is stored as 2026-11-24 03:00:01"),
        ("update customer_requests set decided_as = 'Head of Customer Success'", ASKED + "“decided as” is stored as"),
        ("update customer_requests set outcome = 'refused'", ASKED + "“outcome” is stored as refused, but"),
        ("update matters set line = 'UK'", ASKED + "“line” is stored as UK, but"),
        ("update matters set promise = '{}'", ASKED + "how its day was counted was changed after entry"),
    ],
)  # fmt: skip
async def test_c1_what_was_changed_by_hand_is_found(company: Company, change: str, found: str) -> None:
    request = await lived(company)
    found = await named(company, request, found)
    told = await by_hand(company, change)
    assert any(found in one for one in told), told


async def test_c1_a_session_put_in_by_hand_lets_nobody_in_and_is_found(company: Company) -> None:
    request = await lived(company)
    [link] = await links(company, request)
    mine = (
        f"insert into customer_sessions values ('{hashed('mine')}', '{link.id}', '{NOW:%Y-%m-%d %H:%M:%S.%f}', '{FAR}')"
    )
    unknown = f"session {hashed('mine')[:8]} by link {link.id} is stored, but the log knows nothing of it"
    assert await by_hand(company, mine) == [unknown]
    with pytest.raises(Refused):
        await company.door.enter(Played(link.id, "mine", company.calls[0], 0, 9), WEB)


async def test_c1_what_is_gone_is_found(company: Company) -> None:
    request = await lived(company)
    [link], mail = await links(company, request), await named(company, request, "{mail}")
    tables = ("customer_listenings", "customer_sessions", "customer_mails", "customer_links")
    told = await by_hand(company, *(f"delete from {one}" for one in tables))
    assert [one.partition(" says that ")[2] for one in told] == [
        f"link {link.id} of customer’s request {request} was made, but that is no longer stored",
        f"letter {mail} of customer’s request {request} was written, but that is no longer stored",
    ]


async def test_c1_what_was_put_in_or_moved_is_found(company: Company) -> None:
    request = await lived(company)
    other = await a_request(company, person="Somebody Else", address="b@other.example")
    told = await by_hand(
        company,
        f"insert into customer_links (id, code, {LINKS}) select 'CL-MINE', 'mine', {LINKS} from customer_links",
        f"insert into customer_mails (id, message_id, {MAILS}) select 'M-MINE', 'mine', {MAILS} from customer_mails",
        f"update customer_listenings set matter_id = '{other}' where kind = 'played'",
    )
    nothing = " is stored, but the log knows nothing of it"
    assert f"link CL-MINE of customer’s request {request}{nothing}" in told
    assert f"letter M-MINE of customer’s request {request}{nothing}" in told
    assert any(f"“request” is stored as {other}, but the log says {request}" in one for one in told)
    assert len(told) == 3


@pytest.mark.parametrize("how", ["bounced", "refused", "late"])
async def test_c1_whatever_became_of_it_fits_the_log_and_no_other_day_of_an_answer_does(
    company: Company, how: str
) -> None:
    request = await a_request(company)
    company.clock.pass_(hours=1)
    if how == "late":
        await company.door.enter(late(request), company.tara)
    elif how == "refused":
        await company.door.enter(refusing(request), company.tara)
    else:
        await release(company, request)
    await accepted(company)
    company.clock.pass_(hours=1)
    if how == "bounced":
        await company.door.enter(Bounced(request), company.tara)
    assert await findings(company.database) == []
    told = await by_hand(company, f"update customer_requests set answered_at = '{NOW:%Y-%m-%d %H:%M:%S.%f}'")
    assert [one.split(" is stored")[0] for one in told] == [f"customer’s request {request}: “answered at”"]


@pytest.mark.parametrize("how", ["leaves", "passcode"])
async def test_c1_whoever_is_out_stays_out_also_when_a_clock_is_set_back(company: Company, how: str) -> None:
    """A7, P8: and the log says who that was, so that nobody prolongs it by hand."""
    request = await a_request(company)
    await release(company, request)
    code = (await accepted(company)).written.link.partition("#")[2]
    wanted = OpenLink(code, (await passcode(company, request)).passcode)
    first = await company.door.enter(wanted, WEB)
    company.clock.pass_(minutes=30)
    if how == "leaves":
        await company.door.enter(LeavePage(first.link, first.secret), WEB)
    else:
        await passcode(company, request)
    company.clock.pass_(minutes=-10)
    with pytest.raises(Refused):
        await looking(company, WEB, lambda act: serve(act, first.link, first.secret))
    assert await findings(company.database) == []
    later = f"{company.clock.now + timedelta(minutes=40):%Y-%m-%d %H:%M:%S.%f}"
    mine = company.door.keys.mark_of_pass("customer", first.secret, first.link, request)
    [told] = await by_hand(company, f"update customer_sessions set ends_at = '{later}' where hash = '{mine}'")
    assert told.startswith(f"session {mine[:8]} by link {first.link}: “ends” is stored as ")


SINCE = {"letter", "promise", "as", "code", "lengths_ms", "state", "out", "mails"}
"""What entries say of this only since it is compared."""


async def test_c1_what_earlier_versions_did_not_say_is_not_compared_and_told(company: Company) -> None:
    await lived(company)

    def forget(store: Store) -> None:
        for one in store.session.scalars(select(AuditEntry)):
            one.detail = {name: told for name, told in one.detail.items() if name not in SINCE}

    await company.database.write(forget)
    told = await company.database.read(results)
    assert [one for one in told if not isinstance(one, Gap)] == []
    assert {one.what for one in told if isinstance(one, Gap)} >= {AS_WHAT, CODES, LENGTHS, LETTERS, PROMISES}


async def test_c1_a_key_that_was_made_useless_is_found_by_whoever_has_the_master_key(company: Company) -> None:
    """It would be one that is gone without an entry."""
    request = await lived(company)
    told = [f"customer’s request {request}: its key was changed, and opens nothing of it any more"]
    await company.database.write(lambda store: store.session.execute(update(MatterKey).values(wrap=b"x" * 60)))
    assert await findings(company.database) == told
    assert await findings(company.database, NONE) == []
    assert UNTRIED in await company.database.read(lambda store: results(store, NONE))
