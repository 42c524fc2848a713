"""What Asterisk writes: the lines of its CDR, and the answers of its manager interface, forged ones as well."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import LiveCall, Problem, Sighting, Unavailable, UnreadableCall
from bot.recorders.asterisk.ami import Account, Message, Refusal, Session
from bot.recorders.asterisk.live import Monitor, describe_call, read_channels, read_monitors
from bot.recorders.asterisk.recorder import COLUMNS, Rows
from tests.each import each

from .asterisk_benches import AsteriskBench, line, row
from .asterisk_stand_in import captured
from .benches import PLAIN, Register
from .erasing import SOUND, delete, left

pytestmark = pytest.mark.soak

REAL = (
    '"rs1","2026/11/26/1795708841.3-in.wav|2026/11/26/1795708841.3-out.wav","1795708841.3","1795708841.135664",'
    '"1.318259","anna.quill@fernhill.example","Anna Quill","customer_success","+61281979000","incoming","+61491570156",'
    '"CS-10442"'
)
"""As Asterisk 22.10.1 wrote it, by the line of cdr_custom.conf that docs/asterisk.md has."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[AsteriskBench]:
    with closing(AsteriskBench(tmp_path / "calls")) as made:
        yield made


def synced(bench: AsteriskBench) -> list[Sighting | Problem]:
    found = Register(bench.recorder, bench.seconds).sync()
    return [one for one in found if isinstance(one, Sighting | Problem)]


def test_a_line_of_the_real_one_describes_both_of_its_recordings(bench: AsteriskBench) -> None:
    for name in ("in", "out"):
        bench.write(f"2026/11/26/1795708841.3-{name}.wav", SOUND + name.encode())
    bench.say(f"{REAL}\n")
    found = synced(bench)
    assert len(found) == 2
    for one in found:
        assert isinstance(one, Sighting)
        assert (one.caller, one.line, one.duration) == ("+61491570156", "+61281979000", 1.318259)
        assert one.started.isoformat() == "2026-11-26T16:00:41.135664+00:00"


def test_a_call_of_several_lines_lasts_from_the_first_to_the_last(bench: AsteriskBench) -> None:
    bench.put(PLAIN)
    later = replace(PLAIN, started=PLAIN.started.replace(hour=11), duration=20.0)
    bench.say(row(later))
    bench.say(row(replace(PLAIN, started=PLAIN.started.replace(hour=9)), linkedid="another call's"))
    bench.say(row(later))
    [found] = synced(bench)
    assert isinstance(found, Sighting)
    assert found.started == PLAIN.started
    assert found.duration == 3620.0


def test_freepbx_names_a_file_without_the_folder_of_its_day(bench: AsteriskBench) -> None:
    day = f"{PLAIN.started:%Y/%m/%d}"
    register = Register(bench.recorder, bench.seconds)
    bench.write(f"{day}/in-0412-1.wav", SOUND)
    bench.later = 0.0
    assert register.sync() == []
    bench.say(row(PLAIN, files="in-0412-1.wav"))
    [found] = register.sync()
    assert isinstance(found, Sighting)
    assert found.native_id == f"{day}/in-0412-1.wav"
    delete(bench, found.native_id)
    assert "in-0412" not in bench.cdr.read_text()


def test_a_line_that_is_still_being_written_is_read_when_it_ends(bench: AsteriskBench) -> None:
    register = Register(bench.recorder, bench.seconds)
    bench.write(PLAIN.native_id, SOUND)
    bench.later = 0.0
    text = row(PLAIN)
    bench.say(text[:-30])
    assert register.sync() == []
    bench.say(text[-30:])
    assert [type(one) for one in register.sync()] == [Sighting]


def test_a_recording_without_a_line_is_a_problem_once_the_line_could_have_come(bench: AsteriskBench) -> None:
    register = Register(bench.recorder, bench.seconds)
    bench.write(PLAIN.native_id, SOUND)
    bench.later = 59.0
    assert register.sync() == []
    bench.later = 61.0
    [found] = register.sync()
    assert isinstance(found, Problem)
    assert (found.why, found.size) == ("no_metadata", len(SOUND))
    assert "CDR(rs_files)" in found.sentence
    assert found.stamp == asyncio.run(bench.recorder.audio(PLAIN.native_id)).stamp


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_of_a_caller_makes_another_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a quoted value contains stays in it, line breaks and quotes too."""
    path = tmp_path_factory.mktemp("cdr") / "cdr.csv"
    told = [*(["rs1", "one.wav", "1.1", "2", "3"]), text, *["x"] * (len(COLUMNS) - 6)]
    path.write_bytes((line(*told) + f"{REAL}\n").encode())
    rows = Rows(str(path), lambda name: name)
    rows.refresh()
    assert rows.places("one.wav")
    assert len(rows.columns_for("2026/11/26/1795708841.3-in.wav")) == len(COLUMNS)
    assert len(rows.places("one.wav")) == 1


def test_an_erased_recording_leaves_no_word_of_it_in_the_line(bench: AsteriskBench) -> None:
    bench.put(PLAIN, SOUND)
    other = replace(PLAIN, native_id="calls/two.mp3", caller="+61491570157")
    bench.put(other)
    before = bench.cdr.stat()
    delete(bench)
    text = bench.cdr.read_text()
    for word in (PLAIN.native_id, PLAIN.caller, PLAIN.crm[-5:] * 3, '1795708819.0","' * 2):
        assert word not in text
    assert text.splitlines()[0] == "-" * len(text.splitlines()[0])
    assert (bench.cdr.stat().st_size, bench.cdr.stat().st_ino) == (before.st_size, before.st_ino)
    assert f"{text.splitlines()[1]}\n" == row(other)


def test_of_two_recordings_in_a_line_the_erased_one_goes_and_the_other_stays(bench: AsteriskBench) -> None:
    bench.write("calls/one.mp3", SOUND)
    bench.write("calls/two.mp3", SOUND[:-1])
    bench.say(row(PLAIN, files="calls/one.mp3|calls/two.mp3"))
    delete(bench)
    assert left(bench.recorder) == ()
    [found] = synced(bench)
    assert isinstance(found, Sighting)
    assert (found.native_id, found.caller) == ("calls/two.mp3", PLAIN.caller)
    delete(bench, "calls/two.mp3")
    assert set(bench.cdr.read_text()) == {"-", "\n"}


def test_a_cdr_that_is_away_is_no_proof_that_nothing_is_left(bench: AsteriskBench) -> None:
    """Its disk may be unmounted; an empty one is made by hand before the first call."""
    bench.put(PLAIN, SOUND)
    away = bench.cdr.rename(bench.cdr.with_name("away.csv"))
    with pytest.raises(Unavailable, match="is its disk mounted"):
        delete(bench)
    with pytest.raises(Unavailable, match="is its disk mounted"):
        left(bench.recorder)
    assert "is its disk mounted" in asyncio.run(bench.recorder.check())
    away.rename(bench.cdr)
    assert left(bench.recorder) == (f"a line of {bench.cdr}",)
    delete(bench)
    assert left(bench.recorder) == ()


def test_a_line_that_was_cut_off_and_names_it_is_found(bench: AsteriskBench) -> None:
    """A crash or a full disk ended it, and it still says who called."""
    bench.put(PLAIN, SOUND)
    delete(bench)
    bench.say(row(PLAIN)[:-40])
    assert left(bench.recorder) == (f"a line of {bench.cdr}",)


ACCOUNT = Account("127.0.0.1", 5038, "steward", "hush")
SPOOL = "/var/spool/asterisk/monitor/2026/11/26"


def messages(text: str) -> list[Message]:
    found: list[Message] = []
    for block in text.strip("\n").split("\n\n"):
        found.append({})
        for told in block.split("\n"):
            key, _, value = told.partition(":")
            found[-1].setdefault(key, []).append(value.removeprefix(" "))
    return found


def output(name: str) -> list[str]:
    return messages(captured(name))[0].get("Output", [])


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
def test_an_answer_with_a_callers_line_in_it_is_not_believed(was: str, becomes: str) -> None:
    text = captured("status").replace(was, becomes, 1)
    assert text != captured("status")
    assert read_channels(messages(text)) is None


def test_what_is_recorded_on_a_channel() -> None:
    assert read_monitors(output("list-none")) == []
    assert read_monitors(output("list-unknown")) == []
    assert read_monitors(output("list-two")) == [
        Monitor("0x7f11b40085c0", (f"{SPOOL}/1795708819.0-more",)), Monitor("0x7f11b400d020", (f"{SPOOL}/1795708819.0",)),
    ]  # fmt: skip
    [halves] = read_monitors(output("list-halves"))
    assert halves.stems == (f"{SPOOL}/1795708841.3-in", f"{SPOOL}/1795708841.3-out")


@each("name", ["RS_OPERATOR", "RS_LINE", "RS_DIRECTION"])
def test_a_call_without_one_of_them_is_told_as_unread_and_which_is_said(name: str) -> None:
    legs = [
        replace(one, variables={k: v for k, v in one.variables.items() if k != name})
        for one in read_channels(messages(captured("status"))) or []
    ]
    told = describe_call("1795708819.0", legs, [])
    assert isinstance(told, UnreadableCall)
    said = {"RS_OPERATOR": "operator.email", "RS_LINE": "line", "RS_DIRECTION": "direction"}[name]
    assert f'"{said}"' in told.sentence


@each("caller", ["", "anonymous", "12345678901234567890", "61\n", "x"])
def test_a_caller_who_gives_no_number_is_as_one_who_withholds_it(caller: str) -> None:
    legs = read_channels(messages(captured("status"))) or []
    legs = [replace(one, variables={**one.variables, "RS_CALLER": caller}) for one in legs]
    told = describe_call("1795708819.0", legs, [])
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
        ("Response: Success\n", "closed the connection"),
        (captured("status")[:-60], "closed the connection"),
        (captured("status").replace("ActionID: 4f1d", "ActionID: 0000"), "can't trust"),
        ("x" * 70_000, "can't read"),
        (captured("command-denied"), "add call or reporting to its write="),
    ],
)
async def test_half_an_answer_is_an_outage(text: str, says: str) -> None:
    with pytest.raises(Unavailable, match=says):
        await answered(text)
