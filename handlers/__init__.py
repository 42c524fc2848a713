"""Table of contents: which handler does what is wanted, and what commands, buttons and forms want."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handlers import delivering, home, listening, people, recordings
from handlers.access import decisions, forms, intents
from handlers.access.cards import card
from handlers.access.view import load
from handlers.delivering import Shown
from handlers.door import Act, Handler, Intent

HANDLERS: Mapping[type[Intent[Any]], Handler] = {
    intents.Begin: decisions.begin,
    intents.File: decisions.file,
    intents.Approve: decisions.approve,
    intents.Deny: decisions.deny,
    intents.Question: decisions.question,
    intents.Answer: decisions.answer,
    intents.Withdraw: decisions.withdraw,
    intents.Expire: decisions.expire,
    intents.Reroute: decisions.reroute,
    intents.Notice: decisions.notice,
    delivering.Claim: delivering.claim,
    delivering.Delivered: delivering.delivered,
    delivering.Postpone: delivering.postpone,
    delivering.Fail: delivering.fail,
    listening.Listen: listening.listen,
    listening.Exchange: listening.exchange,
    listening.Heard: listening.heard,
    listening.Served: listening.served,
    recordings.Register: recordings.register,
    home.OpenHome: home.open_home,
    people.Meet: people.meet,
}
"""Everything that can be wanted, and who does it."""

COMMANDS: Mapping[str, str] = {"/recording-request": "Ask to hear a recording"}
"""What people type, and what it says in the list of commands; each opens the form of its feature."""

PRESSES: Mapping[str, Callable[[str], Intent[None]]] = {"approve": intents.Approve, "withdraw": intents.Withdraw}
"""Buttons that do something at once; their value is the id of a request."""

FORMS: Mapping[str, type[forms.WordsForm]] = {
    "deny": forms.DenyForm,
    "question": forms.QuestionForm,
    "answer": forms.AnswerForm,
}
"""Buttons that open a form about a request."""

SENDS: Mapping[str, Callable[[str, str], Intent[None]]] = {
    "deny": intents.Deny,
    "question": intents.Question,
    "answer": intents.Answer,
}
"""Forms about a request: what sending their words wants."""

DUE: Mapping[str, Callable[[str], Intent[None]]] = {"access.end": intents.Expire}
"""Deadlines: what the clock wants when one has come."""


def shown(act: Act, matter: str, reader: int) -> Shown | None:
    """A matter's card as it is for one reader now; None where that reader holds no copy (any more)."""
    view = load(act.store, act.policy, act.now, matter)
    return Shown(card(view, reader), view.request.revision) if reader in view.everybody() else None
