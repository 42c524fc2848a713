"""Addresses of buckets, and names in them."""

import builtins
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.recorders import open_recorder
from bot.recorders.s3.asking import Place, names_audio
from bot.recorders.s3.recorder import BucketRecorder
from tests.each import each

ROOT = Path(__file__).parents[3]


def test_an_address_names_a_bucket_and_what_all_names_begin_with() -> None:
    assert Place.at("s3://calls") == Place("calls")
    assert Place.at("s3://calls/") == Place("calls")
    assert Place.at("s3://calls/a%20b/2026/") == Place("calls", "a b/2026/")
    place = Place.at("s3://calls/x?endpoint=https://storage.example:9000&region=eu-1")
    assert place == Place("calls", "x/", "https://storage.example:9000", "eu-1")
    assert place.key("one.mp3") == "x/one.mp3"
    assert place.name("x/one.mp3") == "one.mp3"
    assert isinstance(open_recorder("S3://calls/x"), BucketRecorder)


@each(
    ("url", "says"),
    [
        ("s3:", "the name of a general purpose bucket"), ("s3://", "the name of"), ("s3:///calls", "the name of"),
        ("s3://Calls", "the name of"), ("s3://calls--x-s3", "the name of"),
        ("s3://key:secret@calls", "has a name or password in it"), ("s3://calls#x", "write %23"),
        ("s3://calls/../x", "a prefix that I can't use"), ("s3://calls/a//b", "a prefix that I can't use"),
        ("s3://calls?x", "write %3F"), ("s3://calls?profile=x", "has 'profile' in it."),
        ("s3://calls?endpoint=http://storage.example", "others could listen in"),
    ],
)  # fmt: skip
def test_a_wrong_address_is_a_sentence_without_a_secret(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as told:
        open_recorder(url)
    assert "secret" not in str(told.value)


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the package's own name, since the bot itself is on no index."""
    for name in [one for one in sys.modules if one.startswith(("botocore", "bot.recorders.s3"))]:
        monkeypatch.delitem(sys.modules, name)
    before = builtins.__import__

    def without(name: str, *args: Any, **given: Any) -> Any:
        if name.startswith("botocore"):
            raise ModuleNotFoundError(name, name="botocore")
        return before(name, *args, **given)

    monkeypatch.setattr(builtins, "__import__", without)
    [needed] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["s3"]
    with pytest.raises(ValueError, match=re.escape(f"pip install '{needed}'")):
        open_recorder("s3://calls")
    assert open_recorder("file:calls")


@each("name", ["a.mp3", "a/b.WAV", "ü ñ.flac", "a.json.ogg"])
def test_what_may_be_audio(name: str) -> None:
    assert names_audio(name)
