"""Calls on lines that the policy does not name: listed each week until the Head decides each (P4)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.approved import subject
from handlers.door import Repeated
from handlers.erasures_ahead import intents
from handlers.erasures_ahead.deciding_cards import YOURS
from handlers.erasures_ahead.view import GONE, View, load, seen
from handlers.going import stand
from handlers.ids import new_id
from handlers.matters.asking import shows
from handlers.rules.refusal import Refused
from storage.records import Recording
from storage.tables.erasures import ScopeDecision


def erase(act: Act, intent: intents.EraseOutside) -> Done[None]:
    """P4: its audio goes as any other does, with a certificate, also where it had been decided that it stays.

    What keeps it keeps it, and a day may stop with it.
    """
    view, recording = _deciding(act, intent, "erase")
    erasure = act.store.erasures.begin_now(new_id("E"), recording, "out_of_scope", act.now)
    recording.state = "closed"
    return _done(act, view, recording, "erase", {"erasure": erasure.id, **stand([recording])})


def keep(act: Act, intent: intents.KeepOutside) -> Done[None]:
    """P4: it stays in the recording system; nobody can hear it here."""
    view, recording = _deciding(act, intent, "keep")
    return _done(act, view, recording, "keep", {})


def _deciding(act: Act, intent: intents.EraseOutside | intents.KeepOutside, wanted: str) -> tuple[View, Recording]:
    view = for_the_head(act, intent.card)
    recording = act.store.recordings.get(intent.recording)
    before = act.store.ahead_cards.decision(intent.recording)
    if before is not None and (before.decision, wanted) != ("keep", "erase"):
        _already(act, before, wanted)
    if recording is None or recording.state != "out_of_scope":
        told = "This call is no longer there, or its line is one of the policy’s by now."
        raise Refused(told, clause="P4", code="gone")
    if recording.operator_key in act.store.people.aliases([act.me.email_key]):
        raise Refused(YOURS, clause="P4", code="operator")
    return view, recording


def for_the_head(act: Act, card: str) -> View:
    """The card, for whoever is the Head now; raises `Refused` for anybody else."""
    view = load(act, card)
    if act.me.id not in view.everybody():
        raise Refused(GONE, code="unknown")
    if view.authority(act.me).role != "head_of_customer_success":
        title = act.policy.role("head_of_customer_success").title
        raise Refused(f"This is for the {title} to decide.", clause="P4", code="not_approver")
    return view


def _already(act: Act, before: ScopeDecision, wanted: str) -> None:
    if before.decision == wanted and before.decided_by == act.me.id:
        raise Repeated(str(before.recording_id))
    what = "erased" if before.decision == "erase" else "kept"
    raise Refused(f"It was already decided that this call is {what}.", clause="P4", code="already")


def _done(act: Act, view: View, recording: Recording, decision: str, more: dict[str, object]) -> Done[None]:
    act.store.ahead_cards.decide(
        ScopeDecision(recording_id=recording.id, decision=decision, decided_by=act.me.id, decided_at=act.now)
    )
    view.card.revision += 1
    detail = {"card": view.card.id, **more}
    return Done(None, shows(view.card, seen(act, view.card).everybody()), subject(recording.id), detail)
