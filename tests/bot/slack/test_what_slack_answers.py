"""What Slack answers: outages by name, pauses, and threads that it takes no answer in."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.people import MOST_ATTEMPTS
from bot.ports import Address, Unavailable
from bot.rehearsal.slack import Fault
from bot.slack.chat import SlackChat
from handlers.cards import Card, Line
from tests.clocks import Seconds
from tests.handlers.builders import ask, ledger
from tests.handlers.passing_time import pass_until
from tests.handlers.test_waiting import sydney
from tests.slack_street import Street

FOR_EVER = 10**6
SWITCHED_OFF = ["messages_tab_disabled", "restricted_action"]


async def _holders(street: Street, request: str) -> list[int]:
    parties = await street.company.database.read(lambda store: store.matters.parties(request))
    return [one.person_id for one in parties]


async def _refused_for_hours(street: Street, fault: Fault) -> str:
    """A request of Anna's, whose cards Slack takes from nobody."""
    fault.method, fault.times = "chat.postMessage", FOR_EVER
    street.workspace.faults.script([fault])
    request = await ask(street.company, street.company.anna)
    for _ in range(MOST_ATTEMPTS + 2):
        await street.settled()
        street.company.clock.pass_(minutes=6)
    fault.times = 0
    return request


@pytest.mark.parametrize("code", SWITCHED_OFF)
async def test_p7_a_setting_of_the_app_passes_over_no_one_and_is_told_to_the_operator(
    street: Street, logs: list[MutableMapping[str, Any]], code: str
) -> None:
    request = await _refused_for_hours(street, Fault(code))
    assert [(one.state, one.code, one.attempts) for one in await ledger(street.company)] == [("queued", code, 0)] * 2
    assert {one["code"] for one in logs if one["event"] == "delivery.outage"} == {code}
    await street.settled()
    assert await _holders(street, request) == [street.company.tara.person_id]
    assert "waiting for you" in str(street.card("UTARA", request).blocks)


async def _due(street: Street) -> str:
    """A request whose reminder waits to be sent; its card is up to date."""
    request = await street.asked()
    await pass_until(street.company, sydney("2026-11-26", 9))
    return request


async def test_p7_a_reminder_answers_the_card_and_leads_to_it(street: Street) -> None:
    request = await _due(street)
    await street.settled()
    card, reminder = street.workspace.dm("UTARA")
    assert (reminder.thread_ts, reminder.broadcast, card.thread_ts) == (card.ts, True, None)
    await street.tara.press(reminder, "Details")
    await street.settled()
    assert request in str(street.tara.modal)
    assert [one.ts for one in street.workspace.dm("UTARA")] == [card.ts, reminder.ts]


CARD_PAUSES_IN_SLACK = Card((Line("Hello."),), "Hello.")
ANNA = Address("UANNA")


class Answer(dict[str, Any]):
    """As much of an answer as an error carries."""

    status_code = 429

    def __init__(self, pause: str) -> None:
        super().__init__()
        self.headers = {"Retry-After": pause} if pause else {}
        self.data = {"ok": False, "error": "ratelimited"}


class Client(AsyncWebClient):
    """Refuses what `refusing` names, by method and conversation, and remembers every call."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-1", base_url="http://127.0.0.1:1/api/")
        self.asked: list[tuple[str, str]] = []
        self.refusing: dict[str, tuple[str, ...]] = {}
        self.pause = "30"

    async def api_call(self, api_method: str, **arguments: Any) -> Any:
        told = arguments.get("json") or arguments.get("params") or {}
        place = told.get("channel") or told.get("user_id") or told.get("users") or ""
        self.asked.append((api_method, place))
        if place in self.refusing.get(api_method, ()):
            raise SlackApiError("ratelimited", Answer(self.pause))  # type: ignore[no-untyped-call]
        return {"channel": {"id": f"D-{place}"} if api_method == "conversations.open" else f"D-{place}", "ts": "1.1"}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def chat_pauses_in_slack(client: Client, seconds: Seconds) -> SlackChat:
    return SlackChat(client, "T1", seconds)


async def _refused(chat_pauses_in_slack: SlackChat, to: Address = ANNA) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await chat_pauses_in_slack.post(to, CARD_PAUSES_IN_SLACK, "UTC")
    return caught.value


async def test_nothing_goes_to_the_conversation_inside_the_pause(
    chat_pauses_in_slack: SlackChat, client: Client, seconds: Seconds
) -> None:
    """A10: in the trial 25 sends went out inside it."""
    client.refusing = {"chat.postMessage": ("UANNA",)}
    assert (await _refused(chat_pauses_in_slack)).tried
    for _ in range(29):
        seconds.now += 1.0
        error = await _refused(chat_pauses_in_slack)
        assert (error.code, error.tried) == ("ratelimited", False)
    assert error.retry_after == 1.0
    assert client.asked == [("chat.postMessage", "UANNA")]
    client.refusing, seconds.now = {}, seconds.now + 1.0
    assert (await chat_pauses_in_slack.post(ANNA, CARD_PAUSES_IN_SLACK, "UTC")).conversation == "D-UANNA"
