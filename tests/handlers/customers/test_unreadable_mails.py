"""P8: a letter that nobody can read any more ends by itself, and whoever answers for it hears so; all others go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from handlers.acting import CLOCK
from handlers.customers.intents.passing_time import Overdue, Recheck
from handlers.keys import Unopened
from handlers.sealing import Seal
from storage.database.store import Store
from storage.tables.customers import CustomerLink, CustomerMail, CustomerRequest
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    accepted,
    collected,
    late,
    links,
    logged,
    mails,
    nothing_to_collect,
    release,
    tells,
    under_way,
)
from tests.handlers.reading import looking
from tests.reconciled import findings

pytestmark = pytest.mark.soak

SPOILT: dict[str, Callable[[Seal, CustomerMail], bytes]] = {
    "changed": lambda _, mail: b"x" * 60,
    "no letter": lambda seal, mail: seal.sealed(mail.matter_id, b"[]", f"mail {mail.id}"),
}
spoilt = pytest.mark.parametrize("spoilt", SPOILT)


async def _released(company: Company, call: int = 0) -> str:
    request = await a_request(company, recordings=[str(company.calls[call])])
    await release(company, request)
    return request


async def _spoil(company: Company, request: str, how: str = "changed") -> str:
    """The newest letter of a request becomes what nobody can read; its id."""
    [mail, *_] = await mails(company, request)
    sealed = await looking(company, company.tara, lambda act: SPOILT[how](Seal(act), mail))

    def change(store: Store) -> None:
        store.session.get_one(CustomerMail, mail.id).sealed = sealed

    await company.database.write(change)
    return mail.id


async def _spoil_request(company: Company, request: str) -> None:
    """All that is known of it becomes what nobody can read."""

    def change(store: Store) -> None:
        store.session.get_one(CustomerRequest, request).sealed = b"x" * 60

    await company.database.write(change)


async def _end_links(company: Company, request: str) -> None:
    def end(store: Store) -> None:
        store.session.query(CustomerLink).filter_by(matter_id=request).update({"state": "ended"})

    await company.database.write(end)


async def _only_its_letter_was_changed(company: Company, mail: str) -> None:
    """C1: it can't be read, and that somebody changed it is told for good; all else fits the log."""
    [found] = await findings(company.database)
    assert (found.startswith(f"letter {mail} of "), "its words, " in found) == (True, True)


@pytest.mark.by_hand
@spoilt
async def test_p8_it_ends_its_request_is_open_again_and_whoever_released_it_is_told(
    company: Company, spoilt: str
) -> None:
    request = await _released(company)
    due = (await stored(company, request)).due_at
    mail = await _spoil(company, request, spoilt)
    assert await nothing_to_collect(company)
    row, [link], [letter] = await stored(company, request), await links(company, request), await mails(company, request)
    assert (row.state, row.outcome, row.decided_by, row.due_at) == ("waiting", "", None, due)
    assert (letter.state, letter.code, letter.settled_at) == ("refused", "unreadable", company.clock.now)
    assert link.state == "ended"
    words = (
        f"The mail for {request} can’t be read any more, so it was not sent. The request is open again, with the day"
        " that was promised. Press Details to go on."
    )
    for who in (company.tara, company.anna):
        assert await tells(company, who) == [(words, "details")]
    entry = await logged(company, request, "collect")
    assert (entry["unreadable"], "asked" in entry) == (mail, True)
    await release(company, request, company.cora)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"
    await _only_its_letter_was_changed(company, mail)


@pytest.mark.by_hand
async def test_p8_the_letters_of_others_go_out_all_the_same(company: Company) -> None:
    first = await _released(company)
    company.clock.pass_(seconds=1)
    second = await _released(company, 1)
    mail = await _spoil(company, first)
    assert await nothing_to_collect(company)
    assert (await collected(company)).mail == (await mails(company, second))[0].id
    assert await nothing_to_collect(company)
    await _only_its_letter_was_changed(company, mail)


@pytest.mark.by_hand
async def test_p8_one_that_only_says_that_it_is_late_leaves_its_request_as_it_was(company: Company) -> None:
    request = await a_request(company)
    company.clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    await company.door.enter(late(request), company.tara)
    mail, before = await _spoil(company, request), await tells(company, company.tara)
    assert await nothing_to_collect(company)
    assert (await stored(company, request)).state == "waiting"
    [(words, button)] = (await tells(company, company.tara))[len(before) :]
    assert words == f"The mail for {request} can’t be read any more, so it was not sent. Press Details to read more."
    assert (button, (await logged(company, request, "collect"))["unreadable"]) == ("details", mail)
    await _only_its_letter_was_changed(company, mail)


@pytest.mark.by_hand
class TestWhereNotEvenTheRequestCanBeRead:
    """Nobody can be asked about it, so it stands still until whoever runs the bot has mended it."""

    async def test_p8_its_letter_ends_it_is_stuck_and_two_are_told(self, company: Company) -> None:
        request = await _released(company)
        company.clock.pass_(seconds=1)  # so that its letter is the first to go
        other = await _released(company, 1)
        due = (await stored(company, request)).due_at
        mail = await _spoil(company, request)
        await _spoil_request(company, request)
        assert await nothing_to_collect(company)
        row, [link] = await stored(company, request), await links(company, request)
        assert (row.state, row.outcome, row.decided_by, row.due_at) == ("stuck", "", None, due)
        assert (link.state, under_way((await mails(company, request))[0])) == ("ended", ("copy", "refused", 0))
        words = f"What is known of {request} can’t be read any more, and its mail was not sent. Please tell whoever runs the bot."
        for who in (company.tara, company.anna):
            assert await tells(company, who) == [(words, "")]
        assert await logged(company, request, "collect") == {"unreadable": mail, "asked": [], "keeps": {}}
        assert await company.database.read(lambda store: store.deadlines.coming(Overdue.action, request)) is not None
        assert (await collected(company)).mail == (await mails(company, other))[0].id
        [letter, known] = await findings(company.database)
        assert known.startswith(f"customer’s request {request}: what is known of it was changed after entry ")
        assert letter.startswith(f"letter {mail} of customer’s request {request}: its words, ")

    async def test_p8_it_goes_on_once_it_can_be_read_again(self, company: Company) -> None:
        request = await _released(company)
        whole = (await stored(company, request)).sealed
        mail = await _spoil(company, request)
        await _spoil_request(company, request)
        assert await nothing_to_collect(company)
        with pytest.raises(Unopened):
            await company.door.enter(Recheck(request), CLOCK)

        def mend(store: Store) -> None:
            store.session.get_one(CustomerRequest, request).sealed = whole

        await company.database.write(mend)
        await company.door.enter(Recheck(request), CLOCK)
        assert (await stored(company, request)).state == "waiting"
        await release(company, request, company.cora)
        await accepted(company)
        await _only_its_letter_was_changed(company, mail)

    async def test_p8_so_does_a_letter_whose_link_is_dead(self, company: Company) -> None:
        request = await _released(company)
        await _end_links(company, request)
        await _spoil_request(company, request)
        assert await nothing_to_collect(company)
        assert under_way((await mails(company, request))[0]) == ("copy", "dropped", 0)
        assert (await stored(company, request)).state == "stuck"
        [(words, _)] = await tells(company, company.tara)
        assert words.startswith(f"What is known of {request} can’t be read any more, and its mail was not sent.")

    async def test_p8_a_word_that_it_is_late_leaves_it_as_it_was(self, company: Company) -> None:
        request = await a_request(company)
        await company.door.enter(late(request), company.tara)
        await _spoil(company, request)
        await _spoil_request(company, request)
        assert await nothing_to_collect(company)
        assert (await stored(company, request)).state == "waiting"
        assert len(await tells(company, company.anna)) == 1

    async def test_p8_what_was_being_sent_is_in_doubt_and_holds_up_no_other(self, company: Company) -> None:
        request = await _released(company)
        await collected(company)
        await _spoil_request(company, request)
        company.clock.pass_(minutes=15)
        other = await _released(company, 1)
        assert (await collected(company)).mail == (await mails(company, other))[0].id
        assert under_way((await mails(company, request))[0]) == ("copy", "unknown", 1)
        assert (await stored(company, request)).state == "unknown"
        [(words, _)] = await tells(company, company.tara)
        assert words == (
            f"What is known of {request} can’t be read any more, and nobody knows whether its mail arrived. Please tell"
            " whoever runs the bot."
        )
