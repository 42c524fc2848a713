"""Two steps of one form: which fields each has as things are, and how the first travels to the second (P8)."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date

from handlers.customers.forms import AuthorityForm, ColleagueForm, LateWhichForm, PersonForm, ToWhom, WhichForm
from handlers.forms import Answers
from handlers.room import Earlier, Given
from handlers.rules import received
from handlers.rules.refusal import Refused

_NAMES = {
    "a": "asker", "w": "wants", "d": "received_on", "t": "received_at", "c": "recordings", "l": "late_reason",
}  # fmt: skip
OLD = "This form is out of date. Please open it again."


def which(given: Given) -> type[WhichForm]:
    """The first step: it asks why it is late where any line's calendar says that it may be."""
    try:
        day = date.fromisoformat(str(given.answers.get("received_on", "")))
        received.readable(day, given.now, "UTC")
    except (ValueError, Refused):
        return WhichForm
    late = received.late(given.policy, given.policy.lines, day, given.now)
    return LateWhichForm if late else WhichForm


def who(given: Given) -> type[ToWhom]:
    """The second step: a colleague is known here, and authority is shown by a letter."""
    try:
        asker = unpacked(given.about)[0].asker
    except Refused:
        return PersonForm
    return for_asker(asker)


def for_asker(asker: str) -> type[ToWhom]:
    """The second step for whoever asks."""
    forms: dict[str, type[ToWhom]] = {"operator": ColleagueForm, "authority": AuthorityForm}
    return forms.get(asker, PersonForm)


def packed(form: WhichForm, opened: str) -> str:
    """The first step as the second one carries it, in ASCII; `opened` is what the first one was about."""
    told = {"a": form.asker, "w": form.wants, "d": form.received_on.isoformat(), "c": form.recordings}
    told |= {name: words for name, words in (("t", form.received_at), ("l", form.why_late())) if words}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{opened}~{base64.urlsafe_b64encode(written).decode()}"


def unpacked(about: str) -> tuple[WhichForm, str]:
    """The first step, read anew since a client could change it, and what it was about; raises `Refused`."""
    answers, opened = _answers(about)
    return LateWhichForm.read(answers), opened


def before(about: str) -> Earlier:
    """The first step as it was filled in, to go back to; raises `Refused`."""
    answers, opened = _answers(about)
    return Earlier(WhichForm.name, opened, {**answers, "reason": "customer"})


def _answers(about: str) -> tuple[Answers, str]:
    opened, mark, told = about.partition("~")
    try:
        found = json.loads(base64.urlsafe_b64decode(told.encode()))
    except (ValueError, binascii.Error, RecursionError):
        raise Refused(OLD, code="old_form") from None
    if not mark or not isinstance(found, dict) or not all(map(_is_answer, found.values())):
        raise Refused(OLD, code="old_form")
    return {_NAMES[name]: one for name, one in found.items() if name in _NAMES}, opened


def _is_answer(told: object) -> bool:
    return isinstance(told, str) or (isinstance(told, list) and all(isinstance(one, str) for one in told))
