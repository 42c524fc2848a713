"""Explains the policy on request: its clauses, how they are read, and the values in force (P1, P3)."""

from collections.abc import Iterator

from handlers.cards import Button, Facts, Heading, Line, Page, Part, Row, Said
from handlers.policy import Policy
from handlers.policy.values import ClauseId
from handlers.room import Command, Room, Tells
from handlers.rules.explaining import CLAUSES, LOOSELY, Explained, explain_clause, find_clauses

TITLE = "Call recording policy"
SAYS = "Read the call recording policy"
HELP = (
    "{word} shows the policy’s clauses, how we read them and the values that apply (P1).\n"
    "{word} how long are calls kept looks for the clause that says so."
)
EVERYTHING = "Its clauses, how we read them and the values that apply."
NOTHING = "No clause mentions “{words}”. Try other words, or read them all."
ALOUD = "Read this out at the start of an outgoing call"
HEARD, PAGE, TERMS, NOT_NAMED = (
    "What callers hear on the phone",
    "The notice on the website",
    "Terms of use",
    "none is named",
)
LONGEST_HEADING = 140  # signs; a chat cuts a longer one
MOST = 3  # clauses that are shown for some words


def policy_overview(policy: Policy, words: str, reader: int) -> Page:
    """Return the clauses; those that speak of `words` first and whole, if there are any."""
    words = " ".join(words.split())
    matching = find_clauses(policy, words, LOOSELY)[:MOST] if words else []
    first = tuple(_clause_parts(policy, matching[0], may_see_names=reader != 0)) if matching else ()
    above: tuple[Part, ...] = (
        (Line(NOTHING.format(words=words)),) if words and not matching else () if matching else (Line(EVERYTHING),)
    )
    listed = matching[1:] if matching else CLAUSES
    above += () if words else notice_texts(policy)
    also = (Heading("See also"),) if matching[1:] else ()
    return Page(TITLE, (*above, *first, *also, *(_clause_row(policy, clause) for clause in listed)))


def notice_texts(policy: Policy) -> tuple[Part, ...]:
    """Return the notices to callers, ready to be read out: outgoing, on the phone, on the website, and in the terms
    (P3).
    """
    return (
        Said(ALOUD, policy.notices.outgoing),
        Said(HEARD, policy.notices.announcement),
        Facts(((PAGE, policy.notices.website or NOT_NAMED), (TERMS, policy.company.terms or NOT_NAMED))),
    )


def clause_page(policy: Policy, value: str, reader: int) -> Page:
    """Return the page of one clause, or the overview if the button names none."""
    clause = next((one for one in CLAUSES if one == value), None)
    return (
        Page(TITLE, tuple(_clause_parts(policy, clause, may_see_names=reader != 0)))
        if clause
        else policy_overview(policy, "", reader)
    )


def public_page(policy: Policy, words: str) -> Page:
    """Return every clause whole, or those that speak of `words`; nothing that only staff may read."""
    found = find_clauses(policy, words, LOOSELY)[:MOST] if words else []
    above = (Line(NOTHING.format(words=words)),) if words and not found else ()
    shown = (part for one in found or CLAUSES for part in _clause_parts(policy, one, may_see_names=False, longest=None))
    return Page(TITLE, (*above, *shown))


def _clause_parts(
    policy: Policy, name: ClauseId, *, may_see_names: bool, longest: int | None = LONGEST_HEADING
) -> Iterator[Part]:
    """Yield one clause: its heading, its words, how we read it, its values and, if the reader may see names, the people
    in its roles.
    The heading has the first sentence unless that is longer than `longest`; None means any length.
    """
    explained = explain_clause(policy, name)
    first = _first_sentence(explained) if longest is None or len(_first_sentence(explained)) <= longest else ""
    yield Heading(f"{name} · {first}" if first else name)
    if rest := explained.words.removeprefix(first).strip():
        yield Line(rest)
    if explained.aloud:
        yield Said(ALOUD, explained.aloud)
    if explained.reading:
        yield Line(explained.reading)
    if explained.values:
        yield Facts(explained.values)
    if may_see_names:
        yield from (Line(f"{title} now: {address}") for title, address in explained.people)


def _first_sentence(explained: Explained) -> str:
    """Return the first sentence of a clause."""
    return f"{explained.words.partition('. ')[0].removesuffix('.')}."


def _clause_row(policy: Policy, name: ClauseId) -> Row:
    """Return the row of a clause in the overview, with Details."""
    return Row(f"{name} · {explain_clause(policy, name).words}", Button("clause", "Details", name))


ROOM = Room(
    "explaining",
    commands={"recording-policy": Command(SAYS, HELP, page=policy_overview)},
    buttons={"clause": Tells(clause_page, "Details")},
    public={"/policy": public_page},
)
