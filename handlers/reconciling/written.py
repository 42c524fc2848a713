"""What people wrote about a request, held against what the log committed to; or that it was erased, as the log says (P7, P9, P11)."""

from __future__ import annotations

from collections.abc import Iterator

from handlers import commitments
from handlers.acting import NONE
from handlers.keys import Keys, Unopened
from handlers.reconciling.findings import Finding, Gap, Result, words
from handlers.reconciling.keys import kept
from handlers.reconciling.requests import SAID, decision, filing, remark_of
from handlers.written import Written, about_mark, found
from storage.erasures import is_wiped
from storage.evidence.requests import Dossier
from storage.records import Request

WORDS = "the words of what was asked, said and decided"
REFERENCE = Gap(
    "the words of requests whose reference went with a call", "since what the log has of them was made with it as well"
)
SEALED = Gap("the words of requests", "since SECRET_KEY is not set here")


def opened(case: Dossier, keys: Keys) -> tuple[Written | None, list[Result]]:
    """What was written; None where it was erased or can't be read, with what is to be said of that."""
    thing, sealed = f"request {case.request.id}", case.sealed
    told: list[Result] = [*kept(thing, sealed, case.entries)]
    if sealed.key is None:
        return None, told
    if keys is NONE:
        return None, [*told, SEALED]
    try:
        words = found(keys, case.request, sealed.key)
    except Unopened:
        return None, [*told, Finding(f"{thing}: what is sealed of its words was changed, or is gone")]
    return words, [*told, *_marked(thing, case.request, words, keys)]


def _marked(thing: str, request: Request, words: Written, keys: Keys) -> Iterator[Finding]:
    """P11: nobody has an investigation shown by untying it from one that is open."""
    if request.about != about_mark(keys, words):
        yield Finding(f"{thing}: the mark of the matter that it belongs to was changed")


def worded(case: Dossier, written: Written | None) -> Iterator[Result]:
    """What was asked, said and decided, word by word."""
    if written is None:
        return
    row, asked, done = case.request, filing(case), decision(case)
    thing, concerned = f"request {row.id}", [one.person_id for one in case.concerned]
    if not row.crm and any(map(is_wiped, case.calls.values())):
        yield REFERENCE
    elif asked is not None:
        yield from words(thing, asked, commitments.asked(row, written, concerned), WORDS)
    if done is not None and done.action in ("access.approve", "access.deny"):
        yield from words(thing, done, commitments.decided(row, written), WORDS)
    elif written.decision:
        yield Finding(f"{thing}: words of a decision are stored, but nobody approved or denied it")
    yield from _said(case, written)


def _said(case: Dossier, written: Written) -> Iterator[Result]:
    rows = {row.id: row for row in case.remarks}
    for entry in (one for one in case.entries if one.action in SAID):
        if (row := rows.get(remark_of(entry, rows.values()))) is not None:
            yield from words(f"remark {row.id}", entry, commitments.remarked(written, row), WORDS)
