"""The peer: Bolt as its documentation shows it, with one ORM row that is committed before the acknowledgement."""

import os
from typing import Any

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.bench.letters import SECRET


class Base(DeclarativeBase):
    pass


class Ask(Base):
    """The one row of the sample."""

    __tablename__ = "asks"
    id: Mapped[int] = mapped_column(primary_key=True)
    view_id: Mapped[str]
    user_id: Mapped[str]
    purpose: Mapped[str]


def serve() -> None:
    """Serve without Bolt's poll of 10 ms."""
    client = AsyncWebClient(token="xoxb-bench", base_url=os.environ["SLACK_API_URL"])
    _with_row(AsyncApp(client=client, signing_secret=SECRET, process_before_response=True))


def _with_row(app: AsyncApp) -> None:
    address = os.environ["DATABASE_URL"].replace("sqlite:", "sqlite+aiosqlite:")
    # One connection: with the default five, writers wait for SQLite's lock and the slowest waits ten times longer.
    engine = create_async_engine(address, pool_size=1, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)

    @app.view("access")
    async def on_view(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        purpose = view["state"]["values"]["purpose"]["text"]["value"]
        async with sessions() as session, session.begin():
            session.add(Ask(view_id=view["id"], user_id=body["user"]["id"], purpose=purpose))
        await ack()

    async def make(_: web.Application) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    server = app.server(port=int(os.environ["PORT"]), host="127.0.0.1")
    server.web_app.on_startup.append(make)
    server.start()
