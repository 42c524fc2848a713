"""What people wrote about a request: one document, sealed with the request's own key, and read and written here alone (P7, P9, P11)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter

from handlers.acting import Act
from handlers.keys import Keys, Unopened, opened
from handlers.sealing import Seal, about, data_key
from handlers.unseen import unseen
from storage.columns import whole
from storage.commitments import new_salt
from storage.records import Request
from storage.tables.keys import MatterKey

WHAT = "written"


@dataclass(slots=True)
class Written:
    """The words of a request, each as a database keeps it; `salt` goes into every commitment of the log to something of it.

    `not_special`: it sounded like an investigation or a legal claim, and the requester said that it is none (P9).
    `legal_matter` is the investigation or claim that it belongs to, `decision` why it was decided so; `remarks` are
    questions, answers and reasons, by the remark's id.
    """

    salt: str = field(default_factory=new_salt)
    purpose: str = ""
    legal_matter: str = ""
    basis: str = ""
    audience: str = ""
    decision: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    not_special: bool = False


_WRITTEN: TypeAdapter[Written] = unseen(Written)


def read(act: Act, request: Request) -> Written:
    """What was written; nothing of it once its key was destroyed. Raises `Unopened` for what was changed."""
    told = Seal(act).opened(request.id, request.sealed or b"", WHAT)
    return _WRITTEN.validate_json(told) if told is not None else Written(salt="")


def write(act: Act, request: Request, written: Written) -> None:
    """What is written of it from now on."""
    request.sealed = Seal(act).sealed(request.id, _told(written), WHAT)
    request.about = about_mark(act.keys, written)


def about_mark(keys: Keys, written: Written) -> str:
    """By this two requests are known to be about one investigation or claim, however it was typed; empty where none is named.

    P11: while one is open, the other is hidden as well, though its own words may have gone.
    """
    named = " ".join(written.legal_matter.casefold().split())
    return keys.mark("legal matter", named) if named else ""


def found(keys: Keys, request: Request, key: MatterKey) -> Written:
    """What was written, for whoever holds it against the log; raises `Unopened`."""
    told = opened(data_key(keys, key), request.sealed or b"", about(request.id, WHAT))
    return _WRITTEN.validate_json(told)


def _told(written: Written) -> bytes:
    for name in ("purpose", "legal_matter", "basis", "audience", "decision"):
        setattr(written, name, whole(getattr(written, name)))
    written.remarks = {name: whole(words) for name, words in written.remarks.items()}
    return _WRITTEN.dump_json(written)


__all__ = ["Unopened", "Written", "about_mark", "found", "read", "write"]
