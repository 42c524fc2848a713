"""A stand-in Slack workspace: the Web API, signed requests and Socket Mode, as strict as the real one."""

from pathlib import Path

from aiohttp import web

from bot.rehearsal.faults import Fault
from bot.rehearsal.slack import api, responses
from bot.rehearsal.slack.conversations import Channel, Message
from bot.rehearsal.slack.doings import Outcome
from bot.rehearsal.slack.page import Page
from bot.rehearsal.slack.people import Member, Standing
from bot.rehearsal.slack.person import Person
from bot.rehearsal.slack.rates import Rates
from bot.rehearsal.slack.responses import Call
from bot.rehearsal.slack.workspace import SCOPES, Command, Workspace

__all__ = [
    "SCOPES",
    "Call",
    "Channel",
    "Command",
    "Fault",
    "Member",
    "Message",
    "Outcome",
    "Person",
    "Rates",
    "Standing",
    "Workspace",
    "routes",
]


def routes(workspace: Workspace, dist: Path | None = None) -> list[web.RouteDef]:
    """All addresses of the workspace; with the page's own where its built files are in `dist`.

    The Web API's base_url is `{public_url}/rehearsal/slack/api/`.
    """

    async def method(request: web.Request) -> web.StreamResponse:
        return await api.answer(workspace, request)

    async def respond(request: web.Request) -> web.StreamResponse:
        return await responses.respond(workspace, request)

    async def socket(request: web.Request) -> web.StreamResponse:
        return await workspace.sockets.serve(request, workspace.app_id)

    served = [
        web.route("*", "/rehearsal/slack/api/{method}", method),
        web.post("/rehearsal/slack/response/{token}", respond),
        web.get("/rehearsal/slack/socket", socket),
    ]
    return served + (Page(workspace, dist).routes() if dist else [])
