"""A process that dies at a commit: before it, so that nothing is stored, or after it, so that no one knows that it is."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection, event

from storage.database.store import Database
from tests.boundaries import CHANGE


class Died(Exception):
    """The process died here."""


async def dying_at(database: Database, number: int, work: Callable[[], Awaitable[object]]) -> bool:
    """Do the work, and die at one of its boundaries (from 1 on): two for each commit that changes something. Return
    False if it finished first.
    """
    engine, write, reached, changed = database.sessions.engine, database.sessions.write, [0], set[str]()

    def reach() -> None:
        reached[0] += 1
        if reached[0] == number:
            raise Died

    def executed(_: Connection, cursor: Any, statement: str, *__: Any) -> None:
        if (found := CHANGE.match(statement)) and cursor.rowcount:
            changed.add(found[1])

    def before(_: Connection) -> None:
        if changed:
            reach()

    async def counted(*told: Any) -> Any:
        done = await write(*told)
        if changed:
            changed.clear()
            reach()
        return done

    event.listen(engine, "after_cursor_execute", executed)
    event.listen(engine, "commit", before)
    vars(database.sessions)["write"] = counted
    try:
        await work()
    except Died:
        return True
    finally:
        event.remove(engine, "after_cursor_execute", executed)
        event.remove(engine, "commit", before)
        del vars(database.sessions)["write"]
    return False
