"""P11: twelve calendar months after a matter was closed, what people wrote about it goes with its key, and nothing else does."""

from datetime import UTC, datetime, timedelta

from handlers.cards import Said
from handlers.keeping import words_erased_at
from handlers.rules.retention import erase_at
from storage.records import Grant
from tests.each import each
from tests.handlers.builders import POLICY, UK, Company, approved, ask, audit, left, stored, written
from tests.handlers.forgetting.words import (
    CANARY,
    GOES,
    WORDS,
    ended,
    erase,
    everything,
    key_of,
    much_more,
    stands,
    talked,
)
from tests.handlers.reading import detailed, lines, seen, title, whole_of
from tests.moments import NOW
from tests.restoring import copied

SECOND = timedelta(seconds=1)


@each(
    ("closed", "zone", "goes"),
    [
        ("2026-11-24T03:00", "Australia/Sydney", "2027-11-24T03:00"),
        ("2028-02-29T02:00", "Europe/London", "2029-03-01T00:00"),
        ("2026-10-03T15:00", "Australia/Sydney", "2027-10-03T14:00"),  # daylight saving begins on another night
    ],
)
def test_p11_the_moment_is_twelve_calendar_months_later_by_the_line(closed: str, zone: str, goes: str) -> None:
    moments = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (closed, goes))
    assert erase_at(next(moments), zone, 12) == next(moments)


def test_p11_a_matter_of_no_line_of_the_policy_goes_by_the_home_line() -> None:
    late = datetime(2027, 1, 31, 13, 30, tzinfo=UTC)  # 1 February in Sydney, January in London
    assert (
        words_erased_at(POLICY, late, "")
        == words_erased_at(POLICY, late, "+1999")
        == datetime(2028, 1, 31, 13, 30, tzinfo=UTC)
    )
    months = POLICY.model_copy(update={"records": POLICY.records.model_copy(update={"closed_request_months": 1})})
    assert words_erased_at(months, late, "") == datetime(2027, 2, 28, 13, 30, tzinfo=UTC)  # 1 March in Sydney
    assert words_erased_at(months, late, UK) == datetime(2027, 3, 1, 0, tzinfo=UTC)


async def test_p11_not_a_second_earlier_and_with_an_entry_that_says_so(company: Company) -> None:
    request = await talked(company)
    before, key = await stored(company, request), await key_of(company, request)
    assert key is not None
    assert before.sealed
    entries = await audit(company, request)
    await erase(company, request, GOES - SECOND)
    assert (await audit(company, request), await key_of(company, request) is not None) == (entries, True)
    await erase(company, request, GOES)
    assert (await audit(company, request))[len(entries) :] == [("clock", "words.erase", "done", "P11", {})]
    after, gone = await stored(company, request), await ended(company, request)
    assert gone is not None
    assert (gone.words_erased_at, await key_of(company, request)) == (GOES, None)
    assert (after.sealed, after.fingerprint) == (None, "")
    kept = ("state", "reason", "crm", "decided_by", "decided_as", "longer", "closed_at", "key")
    assert [getattr(after, one) for one in kept] == [getattr(before, one) for one in kept]
    await erase(company, request, GOES + SECOND)
    assert len(await audit(company, request)) == len(entries) + 1


async def test_p11_no_word_is_readable_before_or_after(company: Company) -> None:
    """In no column, no message that waits, no kept press, no key of what was done, and not in the log."""
    request = await talked(company)
    await much_more(company, request)
    rows = await copied(company.database)
    assert all(rows[one] for one in ("outbox", "inbox", "seen", "reminders", "audit"))
    assert CANARY not in await everything(company)
    said = await written(company, request)
    assert (said.purpose, said.legal_matter, said.basis, said.audience) == WORDS[:4]
    assert (sorted(said.remarks.values()), said.decision) == (sorted(WORDS[4:7]), WORDS[7])
    await erase(company, request)
    assert CANARY not in await everything(company)
    assert (await written(company, request)).remarks == {}


async def test_p11_the_card_says_so_and_holds_nothing_of_it(company: Company) -> None:
    request = await talked(company)
    await stands(company, request, "anna", "helena", "ruth")
    shown = {one: lines(await seen(company, request, company.people[one])) for one in ("anna", "helena", "ruth")}
    assert all(CANARY in str(one) for one in shown.values())
    revision, before = (await stored(company, request)).revision, len(await left(company))
    await erase(company, request)
    assert (await stored(company, request)).revision == revision + 1
    assert (await left(company))[before:] == [("show", "anna"), ("show", "helena"), ("show", "ruth")]
    for one in ("anna", "helena", "ruth"):
        card = await detailed(company, request, company.people[one])
        assert "What was written here was erased <24 Nov 03:00>, as the policy says." in lines(card)
        assert [part for part in card.parts if isinstance(part, Said)] == []
        assert CANARY not in str(card)
        assert CANARY not in str(await whole_of(company, request, company.people[one]))
        assert title(card) == title(await seen(company, request, company.people[one]))


async def test_p11_what_is_open_keeps_its_words(company: Company) -> None:
    request = await ask(company, company.anna)
    await erase(company, request, GOES + timedelta(days=400))
    assert await key_of(company, request) is not None
    assert (await stored(company, request)).sealed


async def test_p11_while_someone_may_still_hear_the_calls_the_words_stay(company: Company) -> None:
    request = await approved(company)

    def lengthen(store: object) -> None:
        grant = store.grants.of(request)  # type: ignore[attr-defined]
        grant.ends_at = GOES + SECOND

    await company.database.write(lengthen)
    await erase(company, request, GOES)
    assert await key_of(company, request) is not None
    await erase(company, request, GOES + SECOND)
    assert await key_of(company, request) is None
    await company.database.write(lambda store: _shorten(store.grants.of(request)))


def _shorten(grant: Grant | None) -> None:
    """As it was given, since the log says so."""
    assert grant is not None
    grant.ends_at = NOW + timedelta(days=7)
