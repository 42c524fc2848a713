"""Filing is what everybody does at once: it leaves the session with nothing of the person's to look through and write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session

from storage.records import Person
from tests.handlers.builders import Company, ask, person


@contextmanager
def _changed_people() -> Iterator[list[str]]:
    """The addresses of people whom a session is about to look through for changes."""
    found: list[str] = []

    def note(session: Session, *_: object) -> None:
        found.extend(one.email_key for one in session.dirty if isinstance(one, Person))

    event.listen(Session, "before_flush", note)
    yield found
    event.remove(Session, "before_flush", note)


async def test_where_somebody_asks_first_is_where_the_answer_goes_and_costs_no_flush(company: Company) -> None:
    """A5: each filing paid a full flush of the session, whether or not anything had changed."""
    with _changed_people() as changed:
        await ask(company, company.anna)
        await ask(company, company.anna, crm="CS-2")
    assert changed == []
    assert (await person(company, company.anna)).prefers == "slack"
