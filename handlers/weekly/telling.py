"""What tells one matter from another in the details of a weekly card, as far as the reader may know it."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from handlers.acting import Act
from handlers.cards import When
from handlers.matters.case import Case
from handlers.words import call_words
from storage.records import Person, Request
from storage.tables.customers import CustomerRequest
from storage.tables.draws import Draw


@runtime_checkable
class _Named(Protocol):
    """A case that is about something with a name, such as a notice."""

    @property
    def name(self) -> str: ...


def about(act: Act, case: Case, reader: Person) -> tuple[str | When, ...]:
    """Behind its id: which notice, which month, or of which line; who asks for which call stands there for whoever holds its card alone."""
    matter = case.matter
    if isinstance(case, _Named):
        return (f" · {case.name}",)
    if isinstance(matter, Draw):
        return (f" · {date.fromisoformat(f'{matter.month}-01'):%B %Y}",)
    if isinstance(matter, Request) and reader.id in case.everybody():
        return _asked(act, matter, case)
    if isinstance(matter, Request | CustomerRequest) and matter.line in act.policy.lines:
        return (f" · {act.policy.lines[matter.line].label}",)
    return ()


def _asked(act: Act, request: Request, case: Case) -> tuple[str | When, ...]:
    calls = act.store.recordings.of_request(request.id)
    return (f" · {case.people[request.requester_id].name} · ", *call_words(calls, act.policy, act.now))
