"""Whether the master keys that are set are those of a database, told in sentences for whoever runs the bot."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from handlers.keys import Keys, Unopened, opened
from storage.database.store import Store

_MIDNIGHT, _ITS_KEY = "log.sealed", "breach head"
"""The entry of each midnight, and the key that sealed it: what tells of a database of before by which key it was used."""
ANOTHER = (
    "SECRET_KEY: this database is wrapped by another key (id {missing}; this one has id {newest}). Set that one. To replace"
    " it, set it as SECRET_KEY_PREVIOUS beside the new one, start the bot so, and call recording-steward rotate-key."
)
UNFINISHED = (
    "SECRET_KEY_PREVIOUS: the master key is being replaced, and the one with id {missing} is still needed. Set it again, and call"
    " recording-steward rotate-key."
)
WRONG = (
    "SECRET_KEY_PREVIOUS: this database is wrapped by the key with id {missing}, and neither of those that are set is that one"
    " ({newest}, {previous}). Set the right one. Nothing was changed."
)
REPLACED = (
    "SECRET_KEY: the key with id {newest} was replaced here by the one with id {missing}, and is not taken again. If the two are"
    " swapped, set the newer one as SECRET_KEY; else make a new key. Nothing was changed."
)
STRANGER = (
    "SECRET_KEY_PREVIOUS: nothing in this database was ever wrapped by the key with id {previous}; the one in force is SECRET_KEY (id"
    " {newest}). If the two are swapped, set the new one as SECRET_KEY and the one in force as SECRET_KEY_PREVIOUS. Nothing was changed."
)
UNKNOWN = "SECRET_KEY: this database was used with another key, and this one opens nothing of it. Set that one. Nothing was changed."


class OtherKey(Exception):
    """These are not the keys of this database; a sentence or two."""


@dataclass(frozen=True, slots=True)
class Stands:
    """By which master keys something is wrapped (since when, by id), the newest that is set, and the keys that stay.

    `stranger` is a sentence where the previous one that is set never wrapped anything here.
    """

    known: Mapping[str, datetime]
    newest: str
    lasting: Mapping[str, bytes]
    stranger: str = ""

    @property
    def taken_over(self) -> bool:
        """Whether it keeps its own keys already."""
        return bool(self.known)

    @property
    def begun(self) -> bool:
        """Whether the newest key may have wrapped something."""
        return self.newest in self.known

    @property
    def finished(self) -> bool:
        """Whether no other one has."""
        return set(self.known) == {self.newest}


def look(store: Store, keys: Keys) -> Stands:
    """How the database stands to these keys; raises `OtherKey`."""
    known, replaced, newest = store.master_keys.all(), store.master_keys.replaced(), keys.ids[0]
    if newest in replaced and len(keys.ids) > 1:
        raise OtherKey(REPLACED.format(newest=newest, missing=" and ".join(sorted(known))))
    if missing := sorted(known.keys() - set(keys.ids)):
        raise OtherKey(_sentence(missing, list(keys.ids), begun=newest in known))
    try:
        lasting = {name: keys.open(wrap, name, "lasting", name) for name, wrap in store.master_keys.lasting().items()}
    except Unopened as error:
        raise OtherKey(UNKNOWN) from error
    if not known:
        first(store, keys, "")
    strange = known and keys.ids[-1] not in {*known, *replaced}
    return Stands(known, newest, lasting, STRANGER.format(newest=newest, previous=keys.ids[-1]) if strange else "")


def first(store: Store, keys: Keys, of: str) -> int:
    """Which of the master keys a database of before was used with (0: the newest); raises `OtherKey`.

    Where nothing in it tells, it is the one by which the journal was sealed (`of`), or else the newest.
    """
    entry = store.audit.newest(_MIDNIGHT)
    if entry is None:
        return keys.ids.index(of) if of in keys.ids else 0
    day, detail = entry
    for place in range(len(keys.ids)):
        with suppress(Unopened):
            opened(keys.first(place, _ITS_KEY), bytes.fromhex(detail["sealed"]), day)
            return place
    raise OtherKey(UNKNOWN)


def wraps(keys: Keys, lasting: Mapping[str, bytes]) -> dict[str, bytes]:
    """The keys that stay, wrapped by the newest master key."""
    return {name: keys.seal(key, name, "lasting", name) for name, key in lasting.items()}


def _sentence(missing: list[str], ids: list[str], *, begun: bool) -> str:
    told = {"missing": " and ".join(missing), "newest": ids[0], "previous": ids[-1]}
    if len(ids) > 1:
        return WRONG.format(**told)
    return (UNFINISHED if begun else ANOTHER).format(**told)
