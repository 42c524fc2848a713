"""P7, P11: what the player's page says of the calls that somebody may hear."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from handlers import listening
from handlers.acting import WEB, Act
from handlers.listening import described
from handlers.rules.refusal import Refused
from handlers.words import length_words
from tests.handlers.builders import POLICY, UK, Company, approved, call, register
from tests.handlers.random_review.acts import a_month, drawn, reviewer_of, reviews_of
from tests.handlers.reading import looking
from tests.moments import NOW


@dataclass
class Session:
    """A browser that opened the player for a request."""

    request: str
    grant: str
    secret: str


async def _opened(company: Company, calls: list[int]) -> Session:
    request = await approved(company, calls=calls)
    opened = await company.door.enter(
        listening.exchange(await company.door.enter(listening.listen(request), company.anna)), WEB
    )
    return Session(request, opened.grant, opened.secret)


async def test_p11_the_page_says_whose_call_why_and_until_when(company: Company) -> None:
    calls = await register(company.door, call(8, line=UK, caller=""), call(9, direction="outgoing"))
    session = await _opened(company, calls)
    told = await looking(company, WEB, lambda act: described(act, session.grant, session.secret))
    assert told["person"] == "Anna Quill"
    assert told["request"] == session.request
    assert (told["approved_by"], told["approved_told"], told["now"]) == (
        "Tara Lindqvist",
        "Tue 24 Nov, 14:00 Sydney",
        NOW.isoformat(),
    )
    assert (told["until"], told["until_told"]) == ("2026-12-01T03:00:00+00:00", "Tue 1 Dec, 14:00 Sydney")
    assert told["reason"] == POLICY.reasons["complaint"].label
    recordings = told["recordings"]
    assert isinstance(recordings, list)
    assert recordings[0] == {
        "id": str(calls[0]), "started_told": "Mon 16 Nov, 14:00 Sydney (03:00 London)", "crm": "CS-10450",
        "line": "UK, Europe and North America", "direction": "incoming", "caller": None, "operator": "Bram Tolliver",
        "seconds": 61.0, "length": length_words(61), "media_type": "audio/wav", "department": "Customer Success",
        "until_told": "",
    }  # fmt: skip
    assert told["erased"] is False
    assert (recordings[1]["caller"], recordings[1]["direction"]) == ("•••• 679", "outgoing")


async def test_p11_the_page_of_no_session_says_nothing(company: Company) -> None:
    session = await _opened(company, company.calls[:1])

    def told(act: Act) -> dict[str, object]:
        return described(act, session.grant, "guessed")

    with pytest.raises(Refused):
        await looking(company, WEB, told)


async def test_p10_of_a_drawn_call_the_page_says_that_nobody_approved_it(company: Company) -> None:
    await a_month(company)
    [review, *_] = await reviews_of(company, await drawn(company))
    who = reviewer_of(company, review)
    opened = await company.door.enter(
        listening.exchange(await company.door.enter(listening.listen(review.id), who)), WEB
    )
    told = await looking(company, WEB, lambda act: described(act, opened.grant, opened.secret))
    assert told["reason"] == "Drawn at random for review (P10)"
    assert told["approved_by"] == "No one: the call was drawn"
    assert told["request"] == review.id
