"""Keeps the sample company to whoever sits at this machine: no page of another site moves its clock or speaks as Anna."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

from bot.settings.setting_values import LOOPBACK

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def put_up(app: web.Application) -> None:
    """Before the application is served. What other sites send is refused by `bot/web/answers.py` already."""
    app.middlewares.append(_by_our_own_names)
    app.on_response_prepare.append(_in_no_frame)


@web.middleware
async def _by_our_own_names(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A name of somebody else's that leads to this machine (DNS rebinding) would make its page one of ours."""
    try:
        host = URL(f"//{request.host}").host
    except ValueError:
        host = None
    if host not in LOOPBACK:
        raise web.HTTPForbidden
    return await handler(request)


async def _in_no_frame(_: web.Request, response: web.StreamResponse) -> None:
    """Nobody presses Approve through a page that lies over ours."""
    response.headers.setdefault("X-Frame-Options", "DENY")
