"""P8, P11: twelve months after a customer's request was closed no one can read who asked, where it went or what was
said; how it went stays.
"""

import json
from datetime import timedelta

import pytest

from handlers.cards import Said
from tests.handlers.builders import POLICY, Company, audit, left
from tests.handlers.customers.acts import stored
from tests.handlers.customers.releasing import mails
from tests.handlers.forgetting.customers import NAME, answered
from tests.handlers.forgetting.words import GOES, ended, erase, everything, key_of, stands
from tests.handlers.reading import buttons, lines, seen, whole_of
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long

HOLDERS = ("anna", "tara", "cora")


async def test_p8_cards_are_drawn_again_and_name_no_one_whose_data_it_was(company: Company) -> None:
    request = await answered(company)
    await stands(company, request, *HOLDERS)
    assert all([NAME in str(await seen(company, request, company.people[one])) for one in ("anna", "tara")])
    revision, before = (await stored(company, request)).revision, len(await left(company))
    await erase(company, request)
    assert (await stored(company, request)).revision == revision + 1
    assert (await left(company))[before:] == [("show", one) for one in HOLDERS]
    for one in HOLDERS:
        for card in (
            await seen(company, request, company.people[one]),
            await whole_of(company, request, company.people[one]),
        ):
            assert card is not None
            assert NAME not in str(card)
            assert [line for line in lines(card) if "written about the request, were erased <" in line]
            assert [part for part in card.parts if isinstance(part, Said)] == []
            assert {one.label for one in buttons(card)} <= {"Details"}


async def test_p8_not_a_word_is_left_anywhere_and_the_log_verifies(company: Company) -> None:
    """In no column, no message, no alarm, no kept press, no key of what was done, and not in the log: nor what was sealed, nor its key."""
    request = await answered(company)
    assert NAME not in (await everything(company)).lower()
    key, entries = await key_of(company, request), len(await audit(company, request))
    assert key is not None
    sealed = [
        key.wrap or b"",
        (await stored(company, request)).sealed or b"",
        *(one.sealed for one in await mails(company, request)),
    ]
    assert all([_told(one) in await everything(company) for one in sealed])
    await erase(company, request)
    left = await everything(company)
    assert NAME not in left.lower()
    assert [one for one in sealed if _told(one) in left] == []
    assert (await audit(company, request))[entries:] == [("clock", "words.erase", "done", "P11", {})]
    gone = await ended(company, request)
    assert gone is not None
    assert gone.words_erased_at == GOES
    assert await findings(company.database) == []


def _told(sealed: bytes) -> str:
    """As `everything` tells it."""
    return json.dumps(repr(sealed))[1:-1]


async def test_p8_while_the_customer_may_still_come_in_by_the_link_the_key_stays(company: Company) -> None:
    """Where a company forgets sooner than its links end."""
    records = POLICY.records.model_copy(update={"closed_request_months": 1})
    customers = POLICY.customers.model_copy(update={"link_days": 40})
    company.door.policy = POLICY.model_copy(update={"records": records, "customers": customers})
    request = await answered(company)
    await erase(company, request, NOW + timedelta(days=40) - timedelta(seconds=1))
    assert await key_of(company, request) is not None
    await erase(company, request, NOW + timedelta(days=40))
    assert await key_of(company, request) is None
