"""Microsoft's own EchoBot (BotBuilder-Samples, python/02.echo-bot) on an unmodified CloudAdapter, without an app id: nobody is verified."""

from __future__ import annotations

from types import SimpleNamespace

from aiohttp import web
from botbuilder.core import ActivityHandler, InvokeResponse, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Hello."}]}


class EchoBot(ActivityHandler):  # type: ignore[misc]
    """As in the sample."""

    async def on_message_activity(self, turn_context: TurnContext) -> object:
        text = MessageFactory.text(f"Echo: {turn_context.activity.text}")
        return await turn_context.send_activity(text)


class SilentBot(ActivityHandler):  # type: ignore[misc]
    """Acknowledges, and nothing else; a press is answered with a card."""

    async def on_message_activity(self, turn_context: TurnContext) -> object:
        return None

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        answer = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": CARD}
        return InvokeResponse(status=200, body=answer)


def serve(bot: ActivityHandler, port: int) -> None:
    """Until a signal, as the sample's app.py does."""
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(SimpleNamespace(APP_ID="", APP_PASSWORD="")))

    async def messages(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await adapter.process(request, bot)
        return answer

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)
