"""Keeps the sample company to people at this machine: no other site can move its clock or act as Anna."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

from bot.settings.setting_values import LOOPBACK

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def protect_app(app: web.Application) -> None:
    """Protect the application before it is served. `bot/web/answers.py` already refuses what other sites send."""
    app.middlewares.append(_refuse_other_hosts)
    app.on_response_prepare.append(_forbid_framing)


@web.middleware
async def _refuse_other_hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other host names that lead to this machine (DNS rebinding), which would make a stranger's page one of
    ours.
    """
    try:
        host = URL(f"//{request.host}").host
    except ValueError:
        host = None
    if host not in LOOPBACK:
        raise web.HTTPForbidden
    return await handler(request)


async def _forbid_framing(_: web.Request, response: web.StreamResponse) -> None:
    """Forbid framing, so that no page laid over ours can press Approve."""
    response.headers.setdefault("X-Frame-Options", "DENY")
