"""The address of an Asterisk, and its secret, which stands in none."""

from __future__ import annotations

import pytest

from bot.recorders import open_recorder
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.bot.environment import Environment

pytestmark = pytest.mark.soak

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
        (URL.replace("steward@", ""), "names no account"),
        (URL.replace("5038", "many"), "no usable port"),
        (URL.replace("/?", "/somewhere?"), "names no account and machine, or too much"),
        (URL + "&secret=hush", "has 'secret' in it"),
        (URL.replace("/srv/spool", "spool"), "begin with a slash"),
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
