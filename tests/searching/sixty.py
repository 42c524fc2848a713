"""Sixty searches in people's own words, and which calls each of them means, as plain filters that share nothing with the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from tests.searching.register import AU, UK, Call

Fits = Callable[[Call], bool]


def _never(_: Call) -> bool:
    return False


class Words(NamedTuple):
    """What is typed, which calls it means, those that may be meant by it otherwise, and those of operators with a similar name."""

    typed: str
    exactly: Fits
    otherwise: Fits = _never
    alike: Fits = _never


def _by(*names: str) -> Fits:
    return lambda call: call.operator in names


def _day(first: str, last: str = "") -> Fits:
    return lambda call: first <= call.day <= (last or first)


def _all(*fits: Fits) -> Fits:
    return lambda call: all(one(call) for one in fits)


def _out(call: Call) -> bool:
    return call.outgoing


def _in(call: Call) -> bool:
    return not call.outgoing


def _on(line: str) -> Fits:
    return lambda call: call.line == line


def _number(part: str) -> Fits:
    return lambda call: part in call.digits


def _ends(part: str) -> Fits:
    return lambda call: call.digits.endswith(part)


def _reference(part: str) -> Fits:
    return lambda call: part in call.crm


def _either(part: str) -> Fits:
    return lambda call: part in call.digits or part in call.crm


def _is(reference: str) -> Fits:
    return lambda call: call.crm == reference


ANNA = _by("Anna Quill")
TUESDAY, LAST_WEEK, NOVEMBER = _day("2026-11-24"), _day("2026-11-16", "2026-11-22"), _day("2026-11-01", "2026-11-26")
_MORE = _reference("CS-10442")
SIXTY: tuple[Words, ...] = (
    Words("CS10442", _is("CS-10442"), _MORE),
    Words("cs 10442", _is("CS-10442"), _MORE),
    Words("CS-10442", _is("CS-10442"), _MORE),
    Words("10442", _either("10442")),
    Words("ref 10442", _either("10442")),
    Words("CS-20", _is("CS-20"), _reference("CS-20")),
    Words("Ana Quill", _never, alike=ANNA),
    Words("Quill, Anna", ANNA),
    Words("anna", ANNA),
    Words("QUILL", ANNA),
    Words("quil", ANNA),
    Words("anna.quill", ANNA),
    Words("jose", _by("José Alvarez")),
    Words("Cleo Marcheti", _never, alike=_by("Cleo Marchetti")),
    Words("Bram Toliver", _never, alike=_by("Bram Tolliver")),
    Words("o'brien", _by("Siobhan O’Brien")),
    Words("May", _by("May Chen"), _day("2026-05-01", "2026-05-31")),
    Words("will", _by("Will Hart")),
    Words("Muller", _by("Jürgen Müller")),
    Words("tues", TUESDAY),
    Words("last thursday", _day("2026-11-19")),
    Words("thursday", _day("2026-11-26")),
    Words("last week", LAST_WEEK),
    Words("november", NOVEMBER),
    Words("24.11.", TUESDAY),
    Words("24/11", TUESDAY),
    Words("yesterday", _day("2026-11-25")),
    Words("Nov 24", TUESDAY),
    Words("oct 2026", _day("2026-10-01", "2026-10-31")),
    Words("last month", _day("2026-10-01", "2026-10-31")),
    Words("3 days ago", _day("2026-11-23")),
    Words("16 to 18 november", _day("2026-11-16", "2026-11-18")),
    Words("since monday", _day("2026-11-23", "2026-11-26")),
    Words("2026-11-24", TUESDAY),
    Words("the week before last", _day("2026-11-09", "2026-11-15")),
    Words("monday to wednesday", _day("2026-11-23", "2026-11-25")),
    Words("outgoing", _out),
    Words("London", _on(UK)),
    Words("New Zealand", _on(AU)),
    Words("incoming UK", _all(_in, _on(UK))),
    Words("Sydney outgoing", _all(_out, _on(AU))),
    Words("•••• 156", _ends("156")),
    Words("0412 345 678", _number("412345678")),
    Words("+61 412 345 678", _number("61412345678")),
    Words("٠٤١٢ ٣٤٥ ٦٧٨", _number("412345678")),
    Words("345 678", _either("345678")),
    Words("+44 (0)20 7946 0123", _number("442079460123")),
    Words("02 8197 9000", _on(AU)),
    Words("Anna tuesday", _all(ANNA, TUESDAY)),
    Words("outgoing London last week", _all(_out, _on(UK), LAST_WEEK)),
    Words("•••• 156 november", _all(_ends("156"), NOVEMBER)),
    Words("calls Anna made last week", _all(ANNA, LAST_WEEK)),
    Words("the call from 0412 345 678 last month", _all(_number("412345678"), _day("2026-10-01", "2026-10-31"))),
    Words("quil november incoming", _all(ANNA, NOVEMBER, _in)),
    Words("nobody at all", _never),
)


def meant(words: Words, calls: Sequence[Call], most: int) -> tuple[list[Call], list[Call]]:
    """Of calls that stand newest first: those that the words find, and behind them those that they find as similar."""
    found = list(islice(filter(words.exactly, calls), most))
    others = (one for one in calls if words.otherwise(one) and not words.exactly(one))
    found += islice(others, most)
    near = (one for one in calls if words.alike(one))
    return found[:most], list(islice(near, max(0, most - len(found))))
