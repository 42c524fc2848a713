"""What tells one matter from another in a digest, as far as its reader may know."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from handlers.acting import Act
from handlers.cards import When
from handlers.matters.case import Case
from handlers.words import call_words, capital
from storage.records import Person, Request
from storage.tables.customers import CustomerRequest
from storage.tables.draws import Draw


@runtime_checkable
class _Named(Protocol):
    """A case about something that has a name, such as a notice."""

    @property
    def name(self) -> str: ...


def name_matter(act: Act, case: Case, reader: Person) -> tuple[str | When, ...]:
    """Its kind and id, and which notice, month or line it is about; who asks for which call is only for those who hold its card."""
    return (capital(case.what), *_about(act, case, reader))


def _about(act: Act, case: Case, reader: Person) -> tuple[str | When, ...]:
    matter = case.matter
    if isinstance(case, _Named):
        return (f" · {case.name}",)
    if isinstance(matter, Draw):
        return (f" · {date.fromisoformat(f'{matter.month}-01'):%B %Y}",)
    if isinstance(matter, Request) and reader.id in case.everybody():
        calls = act.store.recordings.of_request(matter.id)
        return (f" · {case.people[matter.requester_id].name} · ", *call_words(calls, act.policy, act.now))
    if isinstance(matter, Request | CustomerRequest) and matter.line in act.policy.lines:
        return (f" · {act.policy.lines[matter.line].label}",)
    return ()
