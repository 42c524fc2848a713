"""P8: the settings of mail, each wrong one told in a sentence that repeats no password."""

from __future__ import annotations

import pytest

from bot.settings.config import as_given, read_settings
from bot.settings.setting_values import Sender, Server
from tests.bot.environment import Environment

FROM, URL = "Fernhill Telecare <copies@fernhill.example>", "smtp://steward:hush@mail.fernhill.example"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1-A0-1-ab"}


def test_p8_without_a_setting_of_mail_it_is_off(environment: Environment) -> None:
    environment(**SLACK)
    assert read_settings().mail is None


def test_p8_a_server_and_a_sender_are_enough(environment: Environment) -> None:
    environment(**SLACK, SMTP_URL=f" {URL.replace('smtp', 'SMTP')} ", MAIL_FROM=f" {FROM} ")
    mail = read_settings().mail
    assert mail is not None
    assert mail.server == Server("mail.fernhill.example", 587, user="steward", password="hush")
    assert mail.sender == Sender("Fernhill Telecare", "copies@fernhill.example")


@pytest.mark.parametrize(("given", "missing"), [({"SMTP_URL": URL}, "MAIL_FROM"), ({"MAIL_FROM": FROM}, "SMTP_URL")])
def test_p8_one_without_the_other_is_told(environment: Environment, given: dict[str, str], missing: str) -> None:
    (row,) = environment.told(**SLACK, **given)
    assert row.startswith(f"{missing} is missing: ")
    assert "hush" not in row
    assert as_given().mail is None
