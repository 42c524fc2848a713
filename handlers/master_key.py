"""The master key: by which one a database is wrapped, and how another takes its place while the bot is stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from handlers.acting import Context, Result, handler
from handlers.sealing import Keys, Unopened, rewrap_matter_key
from storage.database.store import Store
from storage.records import Matter
from storage.tables.log import MasterKey

AT_ONCE = 100  # rows that are read together
MISSING = "SECRET_KEY: this database needs the key with id {missing}, and you set {those}. Set that one. To replace it, stop the bot, set it as SECRET_KEY_PREVIOUS beside the new one, and run recording-steward rotate-key."
REPLACED = "SECRET_KEY: the key with id {newest} was replaced here by the one with id {missing}, and can't be used again. If you swapped the two, set the newer one as SECRET_KEY; otherwise make a new key. Nothing was changed."
STRANGER = "SECRET_KEY_PREVIOUS: this database never used the key with id {previous}; its key is SECRET_KEY (id {newest}). If you swapped the two, set the new one as SECRET_KEY and the one in use as SECRET_KEY_PREVIOUS. Nothing was changed."
UNKNOWN = "SECRET_KEY: this database was used with another key. Set that one. Nothing was changed."


class OtherKey(Exception):
    """These are not the keys of this database; a sentence or two."""


@dataclass(frozen=True, slots=True)
class KeyState:
    """By which master keys something is wrapped (since when, by id), and the newest that is set.

    `stranger` is a sentence where the previous one that is set never wrapped anything here.
    """

    known: Mapping[str, datetime]
    newest: str
    stranger: str = ""

    @property
    def begun(self) -> bool:
        """Return True if the newest key may have wrapped something."""
        return self.newest in self.known

    @property
    def finished(self) -> bool:
        """Return True if only the newest key wraps anything."""
        return set(self.known) == {self.newest}


class Rewrapped(NamedTuple):
    """How many keys of matters the newest master key wraps now that another one wrapped, and how many no key opened."""

    matters: int
    unopened: int


def compare_keys(store: Store, keys: Keys) -> KeyState:
    """Compare the master keys that are set with those that have wrapped anything in this database, and let them take
    over its root key; raises `OtherKey` if they don't fit it.
    """
    rows, newest = {one.id: one for one in store.rows(MasterKey)}, keys.ids[0]
    known = {name: one.since for name, one in rows.items() if one.until is None}
    replaced = rows.keys() - known.keys()
    if newest in replaced and len(keys.ids) > 1:
        raise OtherKey(REPLACED.format(newest=newest, missing=" and ".join(sorted(known))))
    if missing := sorted(known.keys() - set(keys.ids)):
        raise OtherKey(MISSING.format(missing=" and ".join(missing), those=" and ".join(keys.ids)))
    root = next((rows[one].root for one in keys.ids if one in rows), None)
    try:
        if root is not None:
            keys.take_root(root)
    except Unopened as error:
        raise OtherKey(UNKNOWN) from error
    is_strange = known and keys.ids[-1] not in {*known, *replaced}
    return KeyState(known, newest, STRANGER.format(newest=newest, previous=keys.ids[-1]) if is_strange else "")


@handler("master_key.take_over")
def take_over(ctx: Context) -> Result[None]:
    """Store the root key, once in the life of a database, so that old marks and seals survive a new master key."""
    state = compare_keys(ctx.store, ctx.keys)
    if not state.known:
        ctx.store.insert(MasterKey(id=state.newest, root=ctx.keys.wrapped_root(), since=ctx.now))
    return Result(None, quiet=True)


@handler("master_key.begin")
def begin_change(ctx: Context) -> Result[None]:
    """Begin using the new master key, which wraps the root from now on."""
    state = compare_keys(ctx.store, ctx.keys)
    if state.begun:
        return Result(None, quiet=True)
    ctx.store.insert(MasterKey(id=state.newest, root=ctx.keys.wrapped_root(), since=ctx.now))
    return Result(None, subject=f"key:{state.newest}", detail={"from": sorted(state.known)})


@handler("master_key.rewrap")
def rewrap_keys(ctx: Context) -> Result[Rewrapped]:
    """Wrap all keys again with the new master key. Those that no key opens are left alone."""
    matters, unopened, after = 0, 0, ""
    while page := ctx.store.rows(Matter, Matter.id > after, Matter.wrap.is_not(None), by=(Matter.id,), most=AT_ONCE):
        for row in page:
            try:
                matters += rewrap_matter_key(ctx.keys, row)
            except Unopened:
                unopened += 1
        after = page[-1].id
    return Result(Rewrapped(matters, unopened), detail={"matters": matters, "unopened": unopened}, quiet=not matters)


@handler("master_key.replaced")
def note_rotation(ctx: Context) -> Result[None]:
    """Retire the former master key, which no longer opens anything here."""
    state = compare_keys(ctx.store, ctx.keys)
    before = sorted(state.known.keys() - {state.newest})
    for one in ctx.store.rows(MasterKey, MasterKey.id.in_(before)):
        one.until = ctx.now
    return Result(None, subject=f"key:{state.newest}", detail={"from": before}, quiet=not before)
