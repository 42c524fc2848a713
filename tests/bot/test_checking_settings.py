"""`recording-steward check` names every wrong setting in one run, and tries what can be tried all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __main__
from bot.commands.checking_settings import as_far_as_right, of_settings
from bot.commands.purging import purge
from bot.settings.config import Misconfigured, Settings
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.each import each
from tests.keys import KEY

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:1/"
Checked = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def checked(environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Checked:
    """The exit code, and what was wrong: each line without its first word."""
    Path("recordings").mkdir()
    environment(SECRET_KEY=KEY, POLICY_FILE=str(ROOT / "policy.yaml"), SLACK_API_URL=f"{NOWHERE}api/")
    environment(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SIGNING_SECRET)

    def called(**settings: str) -> tuple[int, list[str]]:
        environment(**settings)
        monkeypatch.setattr("sys.argv", ["recording-steward", "check"])
        with pytest.raises(SystemExit) as left:
            __main__.main()
        printed = capsys.readouterr().out.splitlines()
        failed = [" ".join(one.split()[1:]) for one in printed if one.startswith("FAIL")]
        assert printed[-1] == f"{len(failed)} to mend."
        return int(str(left.value.code)), failed

    return called


def test_what_is_tried_later_is_told_beside_what_can_not_be_read(checked: Checked) -> None:
    """It stopped at the settings, and told of the recorder only once those were mended."""
    code, failed = checked(RECORDINGS_URL="ftp://x", PUBLIC_URL="steward.example.com", PORT="many")
    assert code == 1
    starts = [
        "PUBLIC_URL 'steward.example.com' isn't a web address.", "PORT 'many' is no port.",
        "recorder RECORDINGS_URL begins with 'ftp'.", "Slack auth.test says",
    ]  # fmt: skip
    assert [one[: len(start)] for one, start in zip(failed, starts, strict=True)] == starts


def test_what_does_not_fit_together_is_told_beside_it(checked: Checked) -> None:
    code, failed = checked(SLACK_BOT_TOKEN="foo", SLACK_SIGNING_SECRET="", MAIL_FROM="nobody", SECRET_KEY="")
    assert code == 1
    starts = [
        "MAIL_FROM ", "SLACK_BOT_TOKEN SLACK_BOT_TOKEN is set, so SLACK_SIGNING_SECRET", "SMTP_URL SMTP_URL is missing",
        "SECRET_KEY SECRET_KEY is missing", "Slack auth.test says",
    ]  # fmt: skip
    assert [one[: len(start)] for one, start in zip(failed, starts, strict=True)] == starts


def test_every_setting_may_be_wrong_at_once(checked: Checked) -> None:
    wrong = {
        "SLACK_API_URL": "x", "SLACK_APP_TOKEN": "xoxb", "MICROSOFT_APP_TENANT_ID": "common",
        "MICROSOFT_OPENID_METADATA_URL": "x", "MICROSOFT_LOGIN_URL": "x",
        "DATABASE_URL": "mysql://x", "JOURNAL_URL": "ftp://x", "SMTP_URL": "ftp://x", "SECRET_KEY": "short",
        "SECRET_KEY_PREVIOUS": "short", "PUBLIC_URL": "x", "HOST": "nowhere.invalid",
        "PORT": "x", "TRUSTED_PROXIES": "x", "TICK_SECONDS": "x", "TEAMS_ALLOW_UNAUTHENTICATED": "perhaps",
        "METRICS_PORT": "x", "RECORDINGS_URL": "x", "POLICY_FILE": "none.yaml",
    }  # fmt: skip
    code, failed = checked(**wrong)
    names = [one.split()[0] for one in failed]
    elsewhere = {"RECORDINGS_URL": "recorder", "POLICY_FILE": "policy"}
    assert code == 1
    assert {elsewhere.get(one, one) for one in wrong} <= set(names)
    assert {"MICROSOFT_APP_ID", "MICROSOFT_APP_PASSWORD", "MAIL_FROM"} <= set(names), "what is missing beside them"
    assert len(names) == len(set(names)), "each once"
    assert not list(Path().glob("steward*"))


@each(
    ("settings", "noted"),
    [
        ({"PUBLIC_URL": "https://steward.example.com"}, True),
        ({"PUBLIC_URL": "https://steward.example.com", "TRUSTED_PROXIES": "127.0.0.1"}, False),
        ({"PUBLIC_URL": "https://steward.example.com", "TRUSTED_PROXIES": "10.0.0.0/8"}, True),
        ({"PUBLIC_URL": "https://steward.example.com", "TRUSTED_PROXIES": "10.0.0.0/8", "HOST": "0.0.0.0"}, False),
        ({"PUBLIC_URL": "http://localhost:3000", "TRUSTED_PROXIES": ""}, False),
    ],
)
async def test_a_proxy_that_is_not_named_is_a_note(
    environment: Environment, settings: dict[str, str], noted: bool
) -> None:
    environment(**settings)
    notes = [one async for one in of_settings(as_far_as_right()) if one.what == "TRUSTED_PROXIES"]
    assert [one.note for one in notes] == [True] * noted


def test_what_is_written_wrongly_is_not_missing_as_well(environment: Environment) -> None:
    environment(SMTP_URL="smtp://mail.example.com", MAIL_FROM="nobody", SLACK_API_URL="x", SLACK_SIGNING_SECRET="short")
    environment(SLACK_BOT_TOKEN="xoxb-1")
    read = as_far_as_right()
    assert sorted(name for name, _ in read.wrong) == ["MAIL_FROM", "SLACK_API_URL"]
    assert (read.right("MAIL_FROM"), read.right("SMTP_URL", "PORT")) == (False, True)
    assert read.found.slack_api_url == Settings.model_fields["slack_api_url"].default


def test_a_recording_system_that_nobody_knows_is_named_once(environment: Environment) -> None:
    environment(POLICY_FILE=str(ROOT / "policy.yaml"), RECORDINGS_URL="ftp://x")
    with pytest.raises(Misconfigured, match=r"^RECORDINGS_URL begins with 'ftp'\."):
        purge(dry_run=True)
