"""Asterisk by its stand-in on loopback: what is asked of it, what it refuses, and an address that says too much."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Unavailable
from bot.recorders import open_recorder
from bot.recorders.asterisk.ami import Spool
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.bot.environment import Environment
from tests.each import each

from .asterisk_benches import HEADER, AsteriskLiveBench, account
from .asterisk_stand_in import Line, Recording
from .benches import PLAIN, Register
from .live_benches import LEGS, ONGOING, another

pytestmark = pytest.mark.soak

ID = ONGOING.call_id


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[AsteriskLiveBench]:
    with closing(AsteriskLiveBench(tmp_path / "calls")) as made:
        yield made


def asked(bench: AsteriskLiveBench, action: str) -> list[dict[str, str]]:
    return [one for one in bench.asterisk.asked if one["Action"] == action]


async def test_p5_a_stop_is_kept_on_every_channel_before_anything_is_stopped(bench: AsteriskLiveBench) -> None:
    """A crash in between leaves a call that says declined and is recorded, which `still` names; never the reverse."""
    bench.ring(ONGOING)
    await bench.recorder.stop(ID)
    did = [(one["Action"], one.get("Variable", "")) for one in bench.asterisk.asked if one.get("Channel")]
    one = [("Setvar", "__RS_DECLINED"), ("Setvar", "__RS_RECORDED"), ("StopMixMonitor", "")]
    assert did == [*one, *one]
    assert {one["MixMonitorID"] for one in asked(bench, "StopMixMonitor")} == {"0x7f000", "0x7f101"}


async def test_p5_all_recordings_of_a_channel_are_stopped(bench: AsteriskLiveBench) -> None:
    bench.ring(ONGOING)
    trunk = next(iter(bench.asterisk.lines.values()))
    trunk.recordings.append(Recording("0x7f999", bench.write("2026/more.wav", HEADER)))
    await bench.recorder.stop(ID)
    assert [one.on for one in trunk.recordings] == [False, False]
    assert await bench.recorder.still(ID) == ()


async def test_p5_a_leg_that_joins_while_it_is_stopped_is_stopped_too(bench: AsteriskLiveBench) -> None:
    bench.ring(ONGOING)
    late = Line("PJSIP/late", "call-7.2", ID, {}, [Recording("0x7f777", bench.write("2026/late.wav", HEADER))])
    bench.asterisk.joins = late
    await bench.recorder.stop(ID)
    assert late.variables["RS_DECLINED"] == "1"
    assert await bench.recorder.still(ID) == ()


async def test_p5_a_recording_outside_the_spool_is_never_said_to_be_off(bench: AsteriskLiveBench) -> None:
    bench.ring(ONGOING)
    elsewhere = bench.root.parent / "elsewhere.wav"
    elsewhere.write_bytes(HEADER)
    trunk = next(iter(bench.asterisk.lines.values()))
    trunk.recordings[0].file = elsewhere
    trunk.variables["MIXMONITOR_FILENAME"] = str(elsewhere)
    assert LEGS[0] in await bench.recorder.still(ID)
    await bench.recorder.stop(ID)
    with pytest.raises(Unavailable, match="can't check whether"):
        await bench.recorder.still(ID)


@each(
    "forged", ["61\nLinkedid: call-8", "61\n\nEvent: y", "61\n\nEvent: StatusComplete\nEventList: Complete\nItems: 0"]
)
async def test_p5_while_a_caller_forges_the_answer_no_call_is_taken_for_over_or_unrecorded(
    bench: AsteriskLiveBench, forged: str
) -> None:
    bench.ring(ONGOING)
    bench.ring(another("call-8"))
    next(iter(bench.asterisk.lines.values())).caller = forged
    for asked in (bench.recorder.live(), bench.recorder.stop(ID), bench.recorder.still("call-8")):
        with pytest.raises(Unavailable, match="a caller's number has a line break in it"):
            await asked


async def test_a_wrong_secret_is_a_sentence_that_names_the_setting_and_not_the_secret(bench: AsteriskLiveBench) -> None:
    wrong = AsteriskRecorder(account(bench.asterisk, "guessed"), Spool("/x", "/x"), "/x.csv")
    with pytest.raises(Unavailable) as told:
        await wrong.check()
    assert "ASTERISK_AMI_SECRET" in told.value.code
    assert "guessed" not in told.value.code


@pytest.mark.parametrize(
    ("write", "says"),
    [
        ({"command"}, "Status: add call or reporting"),
        ({"call", "reporting"}, "Command: add command"),
        ({"reporting", "command"}, "Setvar: add call"),
    ],
)
async def test_a_missing_permission_has_its_remedy(bench: AsteriskLiveBench, write: set[str], says: str) -> None:
    bench.asterisk.write = write
    with pytest.raises(Unavailable, match=says):
        await bench.recorder.check()


def test_p4_a_recording_of_a_call_in_progress_is_not_reported_yet(bench: AsteriskLiveBench) -> None:
    register = Register(bench.recorder, bench.seconds)
    bench.ring(ONGOING)
    assert register.sync() == []
    bench.hang_up(ID)
    assert len(register.sync()) == 2
    for audio in ONGOING.recordings:
        bench.put(replace(PLAIN, native_id=audio, media_type="audio/wav"))
    assert len(register.sync()) == 2
    assert set(register.known) == set(ONGOING.recordings)


URL = "asterisk://steward@127.0.0.1:5038/?spool=/srv/spool&cdr=/srv/cdr.csv"


def test_an_address_opens_it_with_the_secret_of_the_environment(environment: Environment) -> None:
    environment(ASTERISK_AMI_SECRET="hush")
    assert isinstance(open_recorder(URL), AsteriskRecorder)
    assert isinstance(open_recorder("asterisk://steward@pbx.example"), AsteriskRecorder)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (URL.replace("steward@", "steward:hush@"), "has a password in it"),
        (URL.replace("steward@", "steward:@"), "has a password in it"),
        (URL.replace("steward@", ""), "must name an account"),
        (URL.replace("5038", "many"), "no usable port"),
        (URL.replace("/?", "/somewhere?"), "must name an account"),
        (URL + "&secret=hush", "has 'secret' in it"),
        (URL.replace("/srv/spool", "spool"), "beginning with a slash"),
        (URL.replace("steward@", "a%0d%0ab@"), "has a line break in it"),
    ],
)
def test_a_wrong_address_is_a_sentence_without_a_secret(environment: Environment, url: str, says: str) -> None:
    environment(ASTERISK_AMI_SECRET="hush")
    with pytest.raises(ValueError, match=says) as told:
        open_recorder(url)
    assert "hush" not in str(told.value)


def test_without_a_secret_it_is_said_which_setting_is_missing(environment: Environment) -> None:
    with pytest.raises(ValueError, match="ASTERISK_AMI_SECRET is missing"):
        open_recorder(URL)
