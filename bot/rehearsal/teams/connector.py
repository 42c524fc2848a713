"""Answers the bot over HTTP: the Bot Connector v3 API, the login endpoint, the OpenID metadata and keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.rehearsal.faults import Fault
from bot.rehearsal.teams import keys, refusals
from bot.rehearsal.teams.login import LoginError
from bot.rehearsal.teams.methods import METHODS, Asked, Call
from bot.rehearsal.teams.people import Json

if TYPE_CHECKING:
    from bot.rehearsal.teams.tenant import Tenant

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Answer = tuple[int, Json]
ROOT = "/teams/connector/v3/conversations"
LOGIN = "/teams/login"
METADATA = "/teams/openid/.well-known/openidconfiguration"
KEYS = "/teams/openid/keys"


def routes(tenant: Tenant) -> list[web.RouteDef]:
    """All addresses of the stand-in; the bot finds them by `service_url`, `login_url`, `metadata_url`."""
    one = ROOT + "/{conversation}"
    activity = one + "/activities/{activity}"
    return [
        web.post(ROOT, _api(tenant, "create")),
        web.post(one + "/activities", _api(tenant, "send")),
        web.put(activity, _api(tenant, "update")),
        web.get(one + "/members/{member}", _api(tenant, "member")),
        web.post(LOGIN + "/{tenant}/oauth2/v2.0/token", _login(tenant)),
        web.get(METADATA, _open(tenant, "openid", lambda: _metadata(tenant))),
        web.get(KEYS, _open(tenant, "keys", tenant.keys.jwks)),
    ]


def _api(tenant: Tenant, method: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        asked, broken = await _asked(request)

        def work() -> Answer:
            if broken is not None:
                raise broken
            return _perform(tenant, method, request.headers.get("Authorization", ""), asked)

        return await _answer(tenant, request, method, asked, work)

    return handle


def _login(tenant: Tenant) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        kept = form | ({"client_secret": "…"} if "client_secret" in form else {})
        asked = Asked(body={"tenant": request.match_info["tenant"], **kept})

        def work() -> Answer:
            try:
                return 200, tenant.login.issue(request.match_info["tenant"], form)
            except LoginError as refused:
                return refused.status, refused.body

        return await _answer(tenant, request, "token", asked, work)

    return handle


def _open(tenant: Tenant, method: str, read: Callable[[], Json]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await _answer(tenant, request, method, Asked(), lambda: (200, read()))

    return handle


async def _answer(
    tenant: Tenant, request: web.Request, method: str, asked: Asked, work: Callable[[], Answer]
) -> web.StreamResponse:
    """Apply a fault, do the work, record the call, answer."""
    fault = tenant.faults.meet(method, _places(tenant, asked))
    if fault is not None and fault.error not in ("slow", "lost"):
        return _fail(tenant, method, asked, fault)
    headers: dict[str, str] = {}
    try:
        status, body = work()
    except refusals.TeamsError as refused:
        status, body, headers = refused.status, refused.answer(), _headers(refused)
    lost = fault is not None and fault.error == "lost"
    tenant.calls.append(Call(method, asked.args, status, body, lost))
    if fault is not None:
        await asyncio.sleep(fault.seconds)
    return _hang_up(request) if lost else web.json_response(body, status=status, headers=headers)


async def _asked(request: web.Request) -> tuple[Asked, refusals.TeamsError | None]:
    body, broken = await _body(request)
    names = {name: request.match_info.get(name, "") for name in ("conversation", "activity", "member")}
    return Asked(**names, query=dict(request.query), body=body), broken


async def _body(request: web.Request) -> tuple[Json, refusals.TeamsError | None]:
    if request.method not in ("POST", "PUT"):
        return {}, None
    try:
        value: Any = json.loads(await request.text())
        json.dumps(value, ensure_ascii=False).encode()  # half an emoji is no text for Teams
    except (ValueError, RecursionError):
        return {}, refusals.TeamsError("BadSyntax", "The body must be JSON.")
    if request.content_type != "application/json" or not isinstance(value, dict):
        return {}, refusals.TeamsError("BadSyntax", "The body must be a JSON object, sent as application/json.")
    return value, None


def _perform(tenant: Tenant, method: str, authorization: str, asked: Asked) -> Answer:
    if not tenant.login.knows(authorization):
        raise refusals.TeamsError("Unauthorized")
    if wait := tenant.windows.call(method, asked.place):
        raise refusals.TeamsError("TooManyRequests", "Too many requests.", retry_after=wait)
    return METHODS[method](tenant, asked)


def _places(tenant: Tenant, asked: Asked) -> set[str]:
    """Return all ids by which a script may name where this call goes."""
    known = [tenant.known(one) for one in (asked.wanted, asked.member) if one]
    people = {one.object_id for one in known if one} | tenant.talk.people(asked.conversation)
    return {asked.conversation} | people | {tenant.mri(one) for one in people}


def _fail(tenant: Tenant, method: str, asked: Asked, fault: Fault) -> web.Response:
    if fault.error.startswith("http_"):
        status = int(fault.error.removeprefix("http_"))
        tenant.calls.append(Call(method, asked.args, status, {}))
        return web.Response(status=status, text="upstream error")
    status = refusals.STATUSES.get(fault.error, 400)
    refused = refusals.TeamsError(fault.error, status=status, retry_after=fault.retry_after)
    tenant.calls.append(Call(method, asked.args, status, refused.answer()))
    return web.json_response(refused.answer(), status=status, headers=_headers(refused))


def _headers(refused: refusals.TeamsError) -> dict[str, str]:
    return {"Retry-After": str(refused.retry_after)} if refused.status == 429 else {}


def _metadata(tenant: Tenant) -> Json:
    return {
        "issuer": keys.ISSUER,
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": tenant.public_url + KEYS,
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()
