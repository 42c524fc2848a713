"""How much work a database does, counted in rows or steps: the same in each run, and on each machine."""

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import text

from storage.database.store import Database, Store

T = TypeVar("T")


def counted(store: Store, work: Callable[[], T]) -> tuple[T, int]:
    """Return the result of a piece of work, and how many rows (PostgreSQL) or tens of steps (SQLite) it took."""
    if store.session.get_bind().dialect.name == "postgresql":
        rows = text("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        before = store.session.scalar(rows) or 0
        return work(), (store.session.scalar(rows) or 0) - before
    connection: Any = store.session.connection().connection.dbapi_connection
    steps = Counter[str]()
    connection.set_progress_handler(lambda: steps.update(["ten"]), 10)
    try:
        return work(), steps["ten"]
    finally:
        connection.set_progress_handler(None, 10)


async def analyzed(database: Database, table: str) -> None:
    """Let PostgreSQL know how large a table is, as it would find out by itself after a while."""
    if not database.is_sqlite:
        await database.write(lambda store: store.session.execute(text(f"ANALYZE {table}")))
