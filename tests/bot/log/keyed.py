"""Master keys as an operator sets them, and what a bot started with them leaves behind."""

import base64
from collections.abc import Awaitable, Callable
from hashlib import sha256

from bot.commands.rotating import begin_rotation
from bot.trouble import unlock_keys
from handlers.door import Door
from handlers.sealing import Keys, master_key_id
from storage.database.store import Database, Store
from storage.records import Matter
from storage.tables.log import MasterKey
from tests.bot.log.shell import KEY, Shell
from tests.handlers.builders import POLICY, Clock
from tests.moments import NOW

NEW, WRONG = (base64.b64encode(sha256(one).digest()).decode() for one in (b"the next key", b"another one"))
OLD_ID, NEW_ID = (master_key_id(base64.b64decode(one)) for one in (KEY, NEW))


def keyed(shell: Shell, key: str, previous: str = "") -> None:
    shell.monkeypatch.setenv("SECRET_KEY", key)
    shell.monkeypatch.setenv("SECRET_KEY_PREVIOUS", previous)


def started(*keys: str) -> Callable[[Database], Awaitable[object]]:
    """Leave the database as a bot started with this key does; or with two, as `rotate-key` does if cut off at once."""

    async def start(database: Database) -> object:
        opened = Keys(*map(base64.b64decode, keys))
        door = Door(database, POLICY, Clock(NOW), keys=opened)
        if len(keys) > 1:
            return await begin_rotation(door)
        await unlock_keys(door)
        return None

    return start


def wraps(store: Store) -> object:
    roots = [one.root for one in store.rows(MasterKey, MasterKey.until.is_(None), by=(MasterKey.id,))]
    return (
        roots,
        [one.wrap for one in store.rows(Matter, Matter.wrap.is_not(None), by=(Matter.id,))],
        store.audit.head(),
    )
