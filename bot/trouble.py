"""What an operator is told if the database or the master key doesn't work; and checking the keys at the start."""

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

PUT_BACK = "Stop the bot, put the right database in place, and start it again."
LOOK_AT_IT = "Check that it is running and can be reached."
SENTENCES = {
    "full": "The disk is full, so I can't store anything. Free some space.",
    "disk": "The disk is failing: I can't read or write the database. Check the system log.",
    "corrupt": f"The database is damaged. {PUT_BACK}",
    "no_database": "The file isn't a SQLite database. Check DATABASE_URL.",
    "read_only": "I can only read the database. Let the bot's account write to it and to its folder.",
    "locked": "Another program keeps the database locked. Find it and stop it.",
    "not_there": "The database doesn't exist, or I can't open it. Check DATABASE_URL, and who may read it.",
    "not_readable": (
        "I'm not allowed to read something I need to reach the database: its file or socket, a certificate, or .postgresql in my home directory. Give the bot's account access, or set HOME to a folder that it may enter."
    ),
    "not_let_in": "The database doesn't let me in. Check the name and password in DATABASE_URL.",
    "replaced": f"The database file was deleted or replaced while I had it open, so I can't store anything. Put it back. If you can't: {PUT_BACK}",
    "gone_back": (
        "The database lacks things that I stored: an older copy was put in its place, so I've stopped. Put the newer one back, or restart the bot to carry on with this one."
    ),
    "silent": f"The database doesn't answer. {LOOK_AT_IT}",
    "no_tls": (
        "The database server refused TLS, or I don't trust its certificate. Check sslmode and sslrootcert in DATABASE_URL, and the server's own settings."
    ),
    "busy": "The database can't keep up with its work.",
    "slow": "A database operation took too long.",
    "newer": "The database was set up by a newer version of this program. Install that version, or restore an older copy.",
    "several_versions": f"The database has several versions at once, as if two had been mixed. {PUT_BACK}",
    "somebody_elses": "The database has another program's tables. Give the bot a database of its own.",
}
LOCKED = "Another process is upgrading the database, or holds the lock for that. pg_locks lists it as advisory."
AWAY = "The database didn't answer. Check DATABASE_URL, and that the database is running."


def database_sentence(error: DatabaseDown) -> str:
    """Return what is wrong with the database and what the operator should do, in whole sentences."""
    if isinstance(error, Incomplete):
        return f"Tables are missing from the database: {', '.join(error.tables)}. {PUT_BACK}"
    if isinstance(error, OtherPolicy):
        return f"A newer policy file is in force (digest {error.in_force[:12]}; mine is {error.mine[:12]}), so I'm not taking on work. Give me the newer file. To go back to mine, change something in it, such as the date in a comment, and restart the bot."
    return SENTENCES.get(str(error), AWAY)


def upgrade_waits(clock: Callable[[], float] = time.monotonic) -> Callable[[], None]:
    """Return a function that logs that the start waits for another process: at once, then once a minute."""
    return partial(QuietLog(clock, every=60.0).warn, "database.upgrade_waits", LOCKED)


UNROTATED = "SECRET_KEY_PREVIOUS: this database still uses the key with id {previous}. Run recording-steward rotate-key while the bot is stopped, then start the bot."


async def unlock_keys(door: Door) -> None:
    """Find out at the start which keys make marks and seals.

    Raises `Misconfigured` if the keys that are set aren't the database's, or the master key is still being replaced.
    """
    state = await compare_with_database(door.database, door.keys)
    if not state.known:  # a new database: store the root key, by which marks and seals are made
        await door.enter(master_key.take_over(), CLOCK)
    require_rotated(state)


def require_rotated(state: KeyState) -> None:
    """Raise `Misconfigured` if the master key is still being replaced."""
    if state.known and not state.finished:
        raise Misconfigured(UNROTATED.format(previous=" and ".join(sorted(state.known.keys() - {state.newest}))))


async def compare_with_database(database: Database, keys: Keys) -> KeyState:
    """Return which master keys wrap the database, of the newest revision. Raises `Misconfigured` if none of `keys` does."""
    try:
        return await database.read(partial(compare_keys, keys=keys))
    except OtherKey as error:
        raise Misconfigured(str(error)) from error


async def keys_for(given: Settings, database: Database) -> Keys:
    """Return the keys that open this database, for a command that only reads. Raises `Misconfigured` if they are another's.

    An older database is not compared: only the newest tables say which keys it has.
    """
    keys = given.keys()
    if await current_revision(database) == newest_revision():
        await compare_with_database(database, keys)
    return keys
