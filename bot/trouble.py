"""What an operator reads if the database or its key doesn't work, and what to do then."""

import time
from collections.abc import Callable
from functools import partial

from bot.measures import QuietLog
from bot.settings.config import Misconfigured, Settings
from handlers import master_key
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.master_key import KeyState, OtherKey, compare_keys
from handlers.sealing import Keys
from storage.database.faults import OtherPolicy
from storage.database.store import Database, DatabaseDown, Incomplete
from storage.database.upgrade import current_revision, newest_revision

PUT_BACK = "Stop me, put the right one in its place, and start me again."
LOOK_AT_IT = "Look whether it runs, and at the way to it."
SENTENCES = {
    "full": "The disk is full, so nothing more can be stored. Make room.",
    "disk": "The disk fails: the database can't be read or written. Look at the system's log.",
    "corrupt": f"The database is damaged. {PUT_BACK}",
    "no_database": "The file is no SQLite database. Look at DATABASE_URL.",
    "read_only": "The database can only be read. Let the account that I run under write it, and its folder.",
    "locked": "Someone else keeps the database locked. Look which program that is.",
    "not_there": "There is no such database, or it can't be opened. Look at DATABASE_URL, and at who may read it.",
    "not_readable": (
        "I may not read what it takes to reach the database: its file or socket, a certificate, or .postgresql in my home directory. "
        "Let the account that I run under read it, or set HOME to a folder that it may enter."
    ),
    "not_let_in": "The database does not let me in. Look at the name and the password in DATABASE_URL.",
    "replaced": f"The file was deleted or replaced while I had it open, so nothing more is stored. Put it back, or: {PUT_BACK}",
    "gone_back": (
        "The database holds less than I stored: an older copy was put in its place. Nothing more is stored. "
        "Put the newer one back, or restart me to carry on with this one."
    ),
    "silent": f"The database does not answer. {LOOK_AT_IT}",
    "no_tls": (
        "The database's server refused TLS, or showed a certificate that no one vouches for. Look at sslmode and sslrootcert in "
        "DATABASE_URL, and at the server's own settings."
    ),
    "busy": "The database can't keep up with its work.",
    "slow": "The database took too long for a piece of work.",
    "newer": "The database was set up by a newer version of this program. Install that one, or restore an older copy.",
    "several_versions": f"The database says that it is of several versions at once, as two that were mixed. {PUT_BACK}",
    "somebody_elses": "The database holds tables of another program. Give me one of my own.",
}
LOCKED = "Another process brings the database up to date, or keeps the lock for that. pg_locks names it, as advisory."
AWAY = "The database did not answer. Look at DATABASE_URL, and whether it runs."


def database_sentence(error: DatabaseDown) -> str:
    """Return what is wrong and what to do, in whole sentences."""
    if isinstance(error, Incomplete):
        return f"Tables of mine are missing in the database: {', '.join(error.tables)}. {PUT_BACK}"
    if isinstance(error, OtherPolicy):
        return (
            f"Another policy file is in force (digest {error.in_force[:12]}, mine is {error.mine[:12]}), so I take no work. "
            "Give me the newer file. To go back to mine, change something in it, such as the date in a comment, and start me again."
        )
    return SENTENCES.get(str(error), AWAY)


def upgrade_waits(clock: Callable[[], float] = time.monotonic) -> Callable[[], None]:
    """Return a function that logs that the start waits for another process: at once, then once a minute."""
    return partial(QuietLog(clock, every=60.0).warn, "database.upgrade_waits", LOCKED)


UNROTATED = (
    "SECRET_KEY_PREVIOUS: this database is still wrapped by the key with id {previous}. Call recording-steward rotate-key while the"
    " bot is stopped, and then start it."
)


async def unlock_keys(door: Door) -> None:
    """Find out at the start which keys make marks and seals.

    Raises `Misconfigured` if the keys that are set aren't the database's, or the master key is still being replaced.
    """
    state = await compare_with_database(door.database, door.keys)
    if not state.known:
        await door.enter(master_key.take_over(), CLOCK)
    require_rotated(state)


def require_rotated(state: KeyState) -> None:
    """Raise `Misconfigured` if the master key is still being replaced."""
    if state.known and not state.finished:
        raise Misconfigured(UNROTATED.format(previous=" and ".join(sorted(state.known.keys() - {state.newest}))))


async def compare_with_database(database: Database, keys: Keys) -> KeyState:
    """Return which of these keys wrap the database (of the newest revision). Raises `Misconfigured` if none does."""
    try:
        return await database.read(partial(compare_keys, keys=keys))
    except OtherKey as error:
        raise Misconfigured(str(error)) from error


async def keys_for(given: Settings, database: Database) -> Keys:
    """Return the keys that open this database, for a command that only reads. Raises `Misconfigured`."""
    keys = given.keys()
    if await current_revision(database) == newest_revision():
        await compare_with_database(database, keys)
    return keys
