"""`recording-steward when`: what follows from a line and a moment by the policy, for one or for a file of many."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from bot.commands.moments_file import rows
from bot.moments import read
from bot.settings.config import Misconfigured
from handlers.policy import Policy
from handlers.rules.phone import one_of, written
from handlers.rules.refusal import Refused

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Where:
    """What was asked: a line of the policy (E.164), its zone (IANA), and the moment (aware) that was typed."""

    policy: Policy
    line: str
    zone: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Question(Generic[A]):
    """One kind of question: the name of its moment, how it is answered, and how the answer is told.

    `find` may raise `Refused`. `data` is the answer as an object, `told` as a sentence, `whole` with all that it rests on.
    """

    moment: str
    find: Callable[[Where], A]
    data: Callable[[A], Mapping[str, Any]]
    told: Callable[[A], str]
    whole: Callable[[A], Iterator[str]]


def answer(
    question: Question[A], rules: Policy, line: str | None, moment: str | None, file: Path | None, *, as_json: bool
) -> int:
    """Print the answer, or that to each row of a file; 1 where a row could not be answered.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it.
    """
    if file is not None:
        if line is not None or moment is not None:
            raise Misconfigured(f"--file: its rows name lines and moments. Leave out --line and --{question.moment}.")
        return _many(question, rules, file, as_json=as_json)
    try:
        found = _found(question, rules, {"line": line or "", question.moment: moment or ""})
    except Refused as refused:
        field, sentence = next(iter(refused.fields.items()))
        raise Misconfigured(f"--{field}: {sentence}") from None
    print(_json(question.data(found)) if as_json else "\n".join(question.whole(found)))
    return 0


def _found(question: Question[A], rules: Policy, cells: Mapping[str, str] | None) -> A:
    """Raises `Refused` at the field that is to be mended; at none where a row can't be taken apart."""
    if cells is None:
        raise Refused("This row can't be taken apart. Look for a quotation mark that is not closed.")
    for field in ("line", question.moment):
        if not cells.get(field, "").strip():
            raise Refused("This is missing. Write the line and the moment.", field)
    number = one_of(cells["line"], rules.lines)
    if number is None:
        known = ", ".join(written(one) for one in rules.lines)
        raise Refused(f"“{cells['line'].strip()[:40]}” isn't one of the lines. Write one of: {known}.", "line")
    zone = rules.lines[number].time_zone
    try:
        return question.find(Where(rules, number, zone, read(cells[question.moment], zone)))
    except Refused as refused:
        raise Refused(refused.sentence, question.moment) from None


def _many(question: Question[A], rules: Policy, file: Path, *, as_json: bool) -> int:
    asked = failed = 0
    for number, cells in rows(file, ("line", question.moment)):
        try:
            found = _found(question, rules, cells)
            print(
                _json({"row": number, **question.data(found)}) if as_json else f"line {number}: {question.told(found)}"
            )
        except Refused as refused:
            print(_not_found(number, refused, as_json=as_json))
            failed += 1
        asked += 1
    if failed:
        print(f"{failed} of {asked} rows could not be answered.", file=sys.stderr)
    return int(failed > 0)


def _not_found(number: int, refused: Refused, *, as_json: bool) -> str:
    if as_json:
        return _json({"row": number, "field": next(iter(refused.fields), ""), "error": refused.sentence})
    return f"line {number}{''.join(f', column {field}' for field in refused.fields)}: {refused.sentence}"


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)
