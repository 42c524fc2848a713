"""Files that could not be registered: listed each week until the Head decides each (P4)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.approved import file_subject
from handlers.door import Repeated
from handlers.erasures_ahead import intents
from handlers.erasures_ahead.outside import for_the_head
from handlers.erasures_ahead.view import View, mark_of, seen
from handlers.ids import new_id
from handlers.matters.asking import shows
from handlers.rules.refusal import Refused
from storage.tables.erasures import UnregisteredFile

DECIDED = {"closed": "erase", "erased": "erase", "kept": "keep"}
_GONE = "This file is no longer there: it was mended, replaced or taken away."
_CALL = "This file is registered as a call by now, and is erased at its own moment."
_CHANGED = "This file has changed since the card was drawn. Open Details anew, and decide by what stands there now."
_NOT_SO = "I can’t do that with it as it stands. Please have it mended first: recording-steward check says how."


def erase(act: Act, intent: intents.EraseFile) -> Done[None]:
    """P4: it goes as any call does, with a certificate that says what is known, also where it was to stay; a day may stop with it."""
    view, file = _deciding(act, intent, "erase")
    erasure = act.store.erasures.begin_now(new_id("E"), file, "unregistered", act.now)
    return _done(act, view, file, "closed", {"erasure": erasure.id})


def keep(act: Act, intent: intents.KeepFile) -> Done[None]:
    """P4: it stays in the recording system; nobody can hear it here, and it is listed again only if it becomes another file."""
    view, file = _deciding(act, intent, "keep")
    return _done(act, view, file, "kept", {})


def _deciding(act: Act, intent: intents.EraseFile | intents.KeepFile, wanted: str) -> tuple[View, UnregisteredFile]:
    view, file = for_the_head(act, intent.card), act.store.unregistered.get(intent.file)
    anew = file is not None and (file.state, wanted) == ("kept", "erase")
    if file is not None and file.state in DECIDED and not anew:
        _already(act, file, wanted)
    if file is None or not (anew or file.state == "listed"):
        raise Refused(_GONE, clause="P4", code="gone")
    if act.store.recordings.there(file.system, [file.native_id]):
        raise Refused(_CALL, clause="P4", code="registered")
    if intent.mark != mark_of(file):
        raise Refused(_CHANGED, clause="P4", code="changed")
    if not file.stamp or (wanted == "erase" and not file.erasable):
        raise Refused(_NOT_SO, clause="P4", code="not_erasable")
    return view, file


def _already(act: Act, file: UnregisteredFile, wanted: str) -> None:
    if DECIDED[file.state] == wanted and file.decided_by == act.me.id:
        raise Repeated(str(file.id))
    what = "kept" if file.state == "kept" else "erased"
    raise Refused(f"It was already decided that this file is {what}.", clause="P4", code="already")


def _done(act: Act, view: View, file: UnregisteredFile, state: str, more: dict[str, object]) -> Done[None]:
    file.state, file.decided_by, file.decided_at = state, act.me.id, act.now
    view.card.revision += 1
    detail = {"card": view.card.id, **more}
    return Done(None, shows(view.card, seen(act, view.card).everybody()), file_subject(file.id), detail)
