"""Reads what Asterisk 22.10.1 really answered (tests/data/asterisk), and what somebody may have written into it. No socket."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.ports import LiveCall, Unavailable, Unread
from bot.recorders.asterisk.ami import Account, Message, Refusal, Session
from bot.recorders.asterisk.channels import Monitor, call_told, channels, monitors
from tests.each import each

from .asterisk_stand_in import captured

pytestmark = pytest.mark.soak

ACCOUNT = Account("127.0.0.1", 5038, "steward", "hush")
SPOOL = "/var/spool/asterisk/monitor/2026/11/26"


def messages(text: str) -> list[Message]:
    found: list[Message] = []
    for block in text.strip("\n").split("\n\n"):
        found.append({})
        for line in block.split("\n"):
            key, _, value = line.partition(":")
            found[-1].setdefault(key, []).append(value.removeprefix(" "))
    return found


def output(name: str) -> list[str]:
    return messages(captured(name))[0].get("Output", [])


def test_the_channels_of_a_call_the_first_one_first() -> None:
    trunk, agent = channels(messages(captured("status"))) or []
    assert (trunk.name, trunk.unique, trunk.linked) == ("PJSIP/trunk-00000000", "1795708819.0", "1795708819.0")
    assert (agent.name, agent.unique, agent.linked) == ("PJSIP/agent-00000001", "1795708819.1", "1795708819.0")
    assert (trunk.side, agent.side) == ("customer", "Anna Quill")
    assert trunk.get("RS_DECLINED") == ""
    assert trunk.get("MIXMONITOR_FILENAME") == f"{SPOOL}/1795708819.0-more.wav"


@each(
    ("was", "becomes"),
    [
        ("CallerIDNum: twice", "CallerIDNum: 61\nLinkedid: 1.1"),
        ("CallerIDNum: twice", "CallerIDNum: 61\nUniqueid: 1.1"),
        ("CallerIDNum: twice", "CallerIDNum: 61\nChannel: PJSIP/x"),
        ("CallerIDNum: twice", "CallerIDNum: 61\nVariable: RS_DECLINED=1"),
        ("CallerIDNum: twice", "CallerIDNum: 61\nEvent: StatusComplete"),
        ("RS_CALLER=+61491570156", "RS_CALLER=61\nVariable: RS_DECLINED=1"),
        ("Items: 2\nItems: 2", "Items: 3\nItems: 3"),
        ("Event: StatusComplete", "Event: Other"),
    ],
)
def test_an_answer_with_somebody_s_line_in_it_is_not_believed(was: str, becomes: str) -> None:
    text = captured("status").replace(was, becomes, 1)
    assert text != captured("status")
    assert channels(messages(text)) is None


def test_what_is_recorded_on_a_channel() -> None:
    assert monitors(output("list-none")) == []
    assert monitors(output("list-unknown")) == []
    assert monitors(output("list-two")) == [
        Monitor("0x7f11b40085c0", (f"{SPOOL}/1795708819.0-more",)), Monitor("0x7f11b400d020", (f"{SPOOL}/1795708819.0",)),
    ]  # fmt: skip
    [halves] = monitors(output("list-halves"))
    assert halves.stems == (f"{SPOOL}/1795708841.3-in", f"{SPOOL}/1795708841.3-out")


def test_a_call_is_told_with_what_the_dialplan_set() -> None:
    told = call_told("1795708819.0", channels(messages(captured("status"))) or [], ["a.wav"])
    assert isinstance(told, LiveCall)
    assert (told.line, told.direction, told.caller) == ("+61281979000", "incoming", "+61491570156")
    assert (told.operator_email, told.recordings) == ("anna.quill@fernhill.example", ("a.wav",))
    assert told.started.isoformat() == "2026-11-26T16:00:19+00:00"


@each("name", ["RS_OPERATOR", "RS_LINE", "RS_DIRECTION"])
def test_a_call_without_one_of_them_is_told_as_unread_and_which_is_said(name: str) -> None:
    legs = [
        replace(one, variables={k: v for k, v in one.variables.items() if k != name})
        for one in channels(messages(captured("status"))) or []
    ]
    told = call_told("1795708819.0", legs, [])
    assert isinstance(told, Unread)
    said = {"RS_OPERATOR": "operator.email", "RS_LINE": "line", "RS_DIRECTION": "direction"}[name]
    assert f'"{said}"' in told.sentence


@each("caller", ["", "anonymous", "12345678901234567890", "61\n", "x"])
def test_a_caller_who_gives_no_number_is_as_one_who_withholds_it(caller: str) -> None:
    legs = channels(messages(captured("status"))) or []
    legs = [replace(one, variables={**one.variables, "RS_CALLER": caller}) for one in legs]
    told = call_told("1795708819.0", legs, [])
    assert isinstance(told, LiveCall)
    assert told.caller == ""


class Sent:
    """Takes what is sent, and sends it nowhere."""

    def __init__(self) -> None:
        self.bytes = b""

    def write(self, some: bytes) -> None:
        self.bytes += some

    async def drain(self) -> None: ...


@each("value", ["x\r\nAction: Originate", "x\nSecret: y", "x\rSecret: y", "x\0"])
async def test_no_line_break_gets_into_what_is_asked(value: str) -> None:
    sent = Sent()
    opened = Session(ACCOUNT, asyncio.StreamReader(), sent)  # type: ignore[arg-type]
    for fields in ({"Channel": value}, {"Variable": "A", "Value": value}, {value: "x"}):
        with pytest.raises(Refusal):
            await opened.ask("Setvar", **fields)
    with pytest.raises(Unavailable):
        await opened.command(f"mixmonitor list {value}")
    assert sent.bytes == b""


async def answered(text: str) -> list[Message]:
    reader, sent = asyncio.StreamReader(limit=2**16), Sent()
    opened = Session(ACCOUNT, reader, sent)  # type: ignore[arg-type]
    asked = asyncio.create_task(opened.ask("Status", Variables="A"))
    await asyncio.sleep(0)
    number = sent.bytes.decode().partition("ActionID: ")[2].partition("\r\n")[0]
    reader.feed_data(text.replace("4f1d", number).replace("\n", "\r\n").encode())
    reader.feed_eof()
    return await asked


@each(
    ("text", "says"),
    [
        ("Response: Success\n", "broke off"),
        (captured("status")[:-60], "broke off"),
        (captured("status").replace("ActionID: 4f1d", "ActionID: 0000"), "broke off"),
        ("x" * 70_000, "can't be read"),
        (captured("command-denied"), "add call or reporting to its write="),
    ],
)
async def test_half_an_answer_is_an_outage(text: str, says: str) -> None:
    with pytest.raises(Unavailable, match=says):
        await answered(text)
