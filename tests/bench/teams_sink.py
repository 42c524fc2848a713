"""Microsoft's services that answer everything at once, and count the replies: `python -m tests.bench.teams_sink PORT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count
from time import monotonic
from typing import Any

from aiohttp import web

from bot.rehearsal.teams.keys import ISSUER, KeyRing
from tests.bench.activities import APP_ID, PEOPLE, TENANT, account

Json = dict[str, Any]
CONNECTOR, METADATA = "/connector/", "/openid/.well-known/openidconfiguration"


class TeamsSink:
    """The login service, the signing keys and the Bot Connector in one."""

    def __init__(self, url: str) -> None:
        self.url, self.keys, self.ids = url, KeyRing(), count(1)
        self.replies, self.last = 0, 0.0
        self.emails = {account(number): f"asker.{number}@fernhill.example" for number in range(PEOPLE)}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(METADATA, self.metadata), web.get("/keys", self.jwks), web.get("/told", self.told),
            web.post("/login/{tenant}/oauth2/v2.0/token", self.token),
            web.get(CONNECTOR + "v3/conversations/{place}/members/{member}", self.member),
            web.route("*", CONNECTOR + "{rest:.*}", self.reply),
        ]  # fmt: skip

    async def metadata(self, _: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def jwks(self, _: web.Request) -> web.Response:
        return web.json_response(self.keys.jwks())

    async def token(self, _: web.Request) -> web.Response:
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": "bench"})

    async def told(self, _: web.Request) -> web.Response:
        """`replies` so far, when the `last` came (monotonic seconds), and a `token` for what Teams sends."""
        token = self.keys.token(APP_ID, self.url + CONNECTOR, datetime.now(UTC))
        return web.json_response({"replies": self.replies, "last": self.last, "token": token})

    async def member(self, request: web.Request) -> web.Response:
        found = request.match_info["member"].removeprefix("29:1")
        email = self.emails[found]
        more = {"email": email, "userPrincipalName": email, "tenantId": TENANT, "userRole": "user"}
        return web.json_response({"id": f"29:1{found}", "name": email.split("@")[0], "aadObjectId": found, **more})

    async def reply(self, request: web.Request) -> web.Response:
        await request.read()
        self.replies, self.last = self.replies + 1, monotonic()
        return web.json_response({"id": f"{next(self.ids)}"}, status=201)


def settings(port: int) -> dict[str, str]:
    """The settings of a bot that talks to this sink."""
    here = f"http://127.0.0.1:{port}"
    return {
        "MICROSOFT_APP_ID": APP_ID, "MICROSOFT_APP_PASSWORD": "bench", "MICROSOFT_APP_TENANT_ID": TENANT,
        "MICROSOFT_OPENID_METADATA_URL": here + METADATA, "MICROSOFT_LOGIN_URL": f"{here}/login",
    }  # fmt: skip


def serve(port: int) -> None:
    """Answer until a signal."""
    app = web.Application()
    app.add_routes(TeamsSink(f"http://127.0.0.1:{port}").routes())
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
