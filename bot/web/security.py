"""`/.well-known/security.txt`: whom to tell of a flaw in this company's installation (RFC 9116)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from aiohttp import web

PATH = "/.well-known/security.txt"
GOOD_FOR = timedelta(days=30)


class SecurityText:
    """One page of plain text; where no contact is set there is none, since a wrong one is worse than none."""

    def __init__(self, contacts: Sequence[str], public_url: str, now: Callable[[], datetime]) -> None:
        self.contacts, self.canonical, self.now = contacts, f"{public_url.rstrip('/')}{PATH}", now

    def routes(self) -> list[web.RouteDef]:
        """Where it stands."""
        return [web.get(PATH, self._page)]

    async def _page(self, _: web.Request) -> web.StreamResponse:
        if not self.contacts:
            raise web.HTTPNotFound
        return web.Response(text=self.text(), headers={"Cache-Control": "public, max-age=3600"})

    def text(self) -> str:
        """What stands there. `Expires` is 30 days on from today's midnight (UTC).

        It goes on with each day: the contacts are settings of a bot that runs now, so they are as true as it is. A copy
        that somebody keeps ends by itself, and every replica says the same.
        """
        ends = self.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + GOOD_FOR
        rows = [*(f"Contact: {one}" for one in self.contacts), f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}"]
        if self.canonical.startswith("https://"):  # RFC 9116, 2.5.2: no other address is one
            rows.append(f"Canonical: {self.canonical}")
        return "".join(f"{row}\n" for row in [*rows, "Preferred-Languages: en"])
