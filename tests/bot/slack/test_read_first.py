"""P8 in Slack: nobody can confirm a letter that does not stand on the screen yet."""

from __future__ import annotations

import json

import pytest

from bot.rehearsal.slack import Person
from tests.handlers.customers.acts import a_request
from tests.slack_street import Street


def modal(person: Person) -> tuple[str, bool, str]:
    """The title of what stands open, whether it can be sent, and all of its words."""
    view = person.modal
    assert view is not None
    return view["title"]["text"], bool(view.get("submit")), json.dumps(view["blocks"], ensure_ascii=False)


async def pressed(street: Street) -> None:
    """Tara presses Release on her card of a request; what the bot does after its acknowledgement is still to come."""
    request = await a_request(street.company)
    await street.settled()
    await street.click("UTARA", street.card("UTARA", request), "customer_release")


async def test_p8_until_the_letter_is_there_nothing_can_be_sent(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = street.adapter.answers.desk.introduced
    seen: list[tuple[str, bool, str]] = []

    async def watched(*about: str) -> object:
        seen.append(modal(street.tara))
        return await looked(*about)

    monkeypatch.setattr(street.adapter.answers.desk, "introduced", watched)
    await pressed(street)
    await street.settled()
    assert [one[:2] for one in seen] == [("One moment", False)]
    title, sendable, words = modal(street.tara)
    assert (title, sendable) == ("Release to the customer", True)
    assert "To: " in words
