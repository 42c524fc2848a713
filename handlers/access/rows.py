"""The rows of requests and of access at somebody's home: what waits, what may be heard, what was asked for, what was given (P7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When, Words
from handlers.room import Rows
from handlers.words import BROWSER, SIGNS, call_words, days_left, reason_words
from storage.pages import Page
from storage.records import Grant, Recording, Remark, Request
from storage.requests import Counts

SHOWN = timedelta(days=30)

Calls = Mapping[str, list[Recording]]


def lists(act: Act) -> Mapping[str, Rows]:
    """All lists of this person's, counted without reading them."""
    counts = act.store.requests.count(act.me.id, act.now, act.now - SHOWN)

    def rows(read: Callable[[Act, Counts, Page], list[Row]]) -> Callable[[int, int], list[Row]]:
        return lambda most, skip: read(act, counts, Page(most, skip))

    waits = counts.asked_back + counts.waiting
    return {
        "waiting": Rows("Waiting for you", waits, rows(_waiting), ((waits, "waiting for you"),)),
        "held": Rows("You may hear now", counts.held, rows(_held), ((counts.held, "to hear"),)),
        "mine": Rows("You asked for", counts.mine, rows(_mine), ((counts.undecided, "of yours undecided"),)),
        "given": Rows("Access that you gave", counts.given, rows(_given)),
    }


def _waiting(act: Act, counts: Counts, page: Page) -> list[Row]:
    """Questions first, since somebody waits for the answer; then what is to be decided."""
    requests, most = act.store.requests, page.most or 0
    asked = requests.asked_back(act.me.id, page)
    rest = Page(most - len(asked), max(0, page.skip - counts.asked_back))
    waiting = requests.waiting_for(act.me.id, rest) if rest.most else []
    calls = _calls(act, [*(request.id for request, _ in asked), *(one.id for one in waiting)])
    return [
        *(_asked_row(act, calls, request, remark) for request, remark in asked),
        *(_waiting_row(act, calls, one) for one in waiting),
    ]


def _held(act: Act, _: Counts, page: Page) -> list[Row]:
    grants = act.store.grants.in_force(act.now, page, held_by=act.me.id)
    requests, calls = _requests(act, grants)
    return [_held_row(act, calls, requests[one.matter_id], one) for one in grants]


def _mine(act: Act, _: Counts, page: Page) -> list[Row]:
    mine = act.store.requests.asked_by(act.me.id, act.now - SHOWN, page)
    ids = [one.id for one in mine]
    calls, grants = _calls(act, ids), act.store.grants.of_all(ids)
    return [_mine_row(act, calls, one, grants.get(one.id)) for one in mine]


def _given(act: Act, _: Counts, page: Page) -> list[Row]:
    grants = act.store.grants.in_force(act.now, page, given_by=act.me.id)
    requests, calls = _requests(act, grants)
    return [_given_row(act, calls, requests[one.matter_id], one) for one in grants]


def _requests(act: Act, grants: Iterable[Grant]) -> tuple[dict[str, Request], Calls]:
    ids = [one.matter_id for one in grants]
    return act.store.requests.named(ids), _calls(act, ids)


def _calls(act: Act, ids: Iterable[str]) -> Calls:
    return act.store.recordings.of_requests(ids)


def _what(act: Act, request: Request) -> str:
    return " · ".join(filter(None, (reason_words(act.policy, request), request.crm)))


def _small(act: Act, calls: Calls, request: Request, when: str, moment: When) -> Words:
    """Which call, when, and the id: no two rows are alike."""
    return (*call_words(calls[request.id], act.policy, act.now), f" · {when} ", moment, f" · {request.id}")


def _waiting_row(act: Act, calls: Calls, request: Request) -> Row:
    words = (act.store.people.get(request.requester_id).name, f" · {_what(act, request)}")
    small = _small(act, calls, request, "asked", When(request.asked_at, now=act.now))
    return Row(words, Button("details", "Details", request.id, "primary"), small)


def _asked_row(act: Act, calls: Calls, request: Request, question: Remark) -> Row:
    who = act.store.people.get(question.person_id).name
    words = (f"{Sign.QUESTION} ", who, f" has a question for you · {_what(act, request)}")
    small = _small(act, calls, request, "put", When(question.at, now=act.now))
    return Row(words, Button("details", "Details", request.id, "primary"), small)


def _held_row(act: Act, calls: Calls, request: Request, grant: Grant) -> Row:
    small = _small(act, calls, request, "until", _until(act, grant))
    return Row(_what(act, request), Button("listen", "Listen", request.id, "primary", hint=BROWSER), small)


def _mine_row(act: Act, calls: Calls, request: Request, grant: Grant | None) -> Row:
    sign, state = _stands(act, request, grant)
    small = _small(act, calls, request, "asked", When(request.asked_at, now=act.now))
    return Row(f"{sign} {state} · {_what(act, request)}", Button("details", "Details", request.id), small)


def _stands(act: Act, request: Request, grant: Grant | None) -> tuple[Sign, str]:
    """How a request stands now: an approval is past once its access has ended or was withdrawn."""
    if request.state != "approved" or grant is None or (grant.ended_at is None and act.now < grant.ends_at):
        return SIGNS[request.state], request.state.capitalize()
    return (SIGNS["ended"], "Access ended") if grant.ended_by is None else (SIGNS["withdrawn"], "Access withdrawn")


def _given_row(act: Act, calls: Calls, request: Request, grant: Grant) -> Row:
    who = act.store.people.get(grant.person_id).name
    button = Button("end", "Withdraw", request.id, "danger", f"{who} will no longer be able to hear these calls.")
    small = _small(act, calls, request, "until", _until(act, grant))
    return Row((who, f" · {_what(act, request)}"), button, small)


def _until(act: Act, grant: Grant) -> When:
    return When(grant.ends_at, now=act.now, left=days_left(grant.ends_at, act.now))
