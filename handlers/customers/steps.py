"""Two steps of one form: which fields each has as things are, and how the first travels to the second (P8)."""

from __future__ import annotations

import base64
import binascii
import json

from handlers.customers.forms import AuthorityForm, ColleagueForm, PersonForm, ToWhom, WhichForm
from handlers.forms import Answers
from handlers.room import Earlier, Given
from handlers.rules.refusal import Refused

_NAMES = {
    "a": "asker", "w": "wants", "d": "received_on", "t": "received_at", "c": "recordings",
}  # fmt: skip
OLD = "This form is out of date. Please open it again."


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
    told |= {"t": form.received_at} if form.received_at else {}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{opened}~{base64.urlsafe_b64encode(written).decode()}"


def unpacked(about: str) -> tuple[WhichForm, str]:
    """The first step, read anew since a client could change it, and what it was about; raises `Refused`."""
    answers, opened = _answers(about)
    return WhichForm.read(answers), opened


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
