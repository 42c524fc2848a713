"""What `recording-steward check` says of settings, database, clock and journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from bot import __main__
from bot.commands.checking import _journal, clock_since, of_clock
from bot.commands.checking_database import of_database
from bot.commands.checking_settings import Finding, as_far_as_right, of_settings
from bot.commands.purging import purge
from bot.settings.config import Given, Misconfigured, Settings, as_given
from bot.trouble import PUT_BACK
from handlers import inbox
from handlers.inbox import NOT_OURS
from storage.audit import Entry
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import upgrade
from storage.records import Record
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.each import each
from tests.handlers.builders import POLICY, Clock, a_company, ask
from tests.keys import KEY
from tests.moments import NOW, moment
from tests.spoiling import said

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


def _close(url: str) -> None:
    """A copied file is open to others, which is a line of its own."""
    if url.startswith("sqlite"):
        Path(str(make_url(url).database)).chmod(0o600)


async def found(url: str) -> list[Finding]:
    """The lines about the database itself."""
    _close(url)
    return [one async for one in of_database(url) if one.what == "database"]


async def test_a_sound_one_is_one_line(database_url: str) -> None:
    [line] = await found(database_url)
    assert (line.works, line.note) == (True, False)


async def test_a_table_that_is_missing_is_no_database_that_works(database_url: str) -> None:
    """It answered, so check said that all was well, and no message could be queued."""
    database = Database(database_url)
    await database.write(lambda store: store.session.connection().exec_driver_sql("DROP TABLE inbox"))
    [line] = await found(database_url)
    assert (line.works, line.sentence) == (False, f"It lacks tables of mine: inbox. {PUT_BACK}")
    with pytest.raises(DatabaseDown, match="incomplete"):
        await upgrade(database)
    await database.write(lambda store: Record.metadata.create_all(store.session.connection()))
    await database.close()
    assert [one.works for one in await found(database_url)] == [True]


async def test_p14_a_policy_that_was_replaced_fails(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    for digest in (POLICY.digest, "f" * 64):
        assert [one.what async for one in of_database(sqlite_url, POLICY)] == ["database"]
        await database.write(lambda store, digest=digest: store.policy_texts.keep(digest, "", NOW))  # type: ignore[misc]
    await database.close()
    _, replaced = [one async for one in of_database(sqlite_url, POLICY)]
    assert (replaced.works, f"(digest {'f' * 12}, mine is" in replaced.sentence) == (False, True)


async def test_a_matter_that_can_not_be_read_is_a_note(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    company = await a_company(database, Clock())
    requests = [await ask(company, company.anna, calls=[one]) for one in company.calls]
    assert [one async for one in of_database(sqlite_url) if one.what == "row"] == []
    await database.write(said(f"UPDATE matters SET asked_at = 'x' WHERE id = '{requests[0]}'"))
    await database.write(said(f"UPDATE matters SET kind = 'nothing we know' WHERE id = '{requests[1]}'"))
    await database.write(said(f"UPDATE parties SET since = 'x' WHERE matter_id = '{requests[2]}'"))
    await database.close()
    notes = [
        one.sentence.split(" can't be read")[0]
        for one in [one async for one in of_database(sqlite_url) if one.what == "row"]
    ]
    spoilt = {f"matters/{requests[0]}", f"matters/{requests[1]}", f"parties/{requests[2]}/{company.tara.person_id}"}
    assert spoilt <= set(notes)


async def test_p7_a_press_that_somebody_put_in_is_a_note(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    entry = Entry("delivery", inbox.set_aside.action, "press:7", detail={"why": NOT_OURS})
    await database.write(lambda store: store.audit.append(entry, moment()))
    await database.close()
    [note] = [one async for one in of_database(sqlite_url) if one.what == "press"]
    assert note.note
    assert note.sentence.startswith("press:7 was in the inbox without my mark")


async def test_a_clock_that_services_or_the_log_contradict_is_to_be_mended(sqlite_url: str) -> None:
    clock = await clock_since(sqlite_url)
    found = of_clock(clock)
    assert (found.works, found.note) == (True, True), "where no chat answers, another line says so"
    assert "no service has confirmed it" in found.sentence
    clock.hear("slack.com", {"Date": format_datetime(moment() - timedelta(days=365), usegmt=True)})
    found = of_clock(clock)
    assert (found.works, "but slack.com says Mon 24 Nov 2025" in found.sentence) == (False, True)
    assert "nothing is closed, erased or ended" in found.sentence
    database = Database(sqlite_url)
    await database.write(lambda store: store.audit.append(Entry("clock", "tests.act", "1"), NOW + timedelta(days=365)))
    await database.close()
    assert of_clock(await clock_since(sqlite_url)).note
    clock.hear("slack.com", {"Date": format_datetime(moment(), usegmt=True)})
    assert (of_clock(clock).works, of_clock(clock).note) == (True, False)


def _settings(folder: Path, **more: Any) -> Settings:
    return Given(**{"database_url": f"sqlite:///{folder / 'data' / 'steward.db'}", **more})


async def test_without_a_setting_it_lies_beside_the_data_and_that_is_noted(tmp_path: Path) -> None:
    found = _settings(tmp_path)
    assert (found.journal, found.journal_beside_data) == (tmp_path / "data" / "journal", True)
    assert await _journal(found) == f"{found.journal}: is made when the first line is written"


async def test_a_folder_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=f"there is no folder {tmp_path / 'x'}. Make it, or mount it"):
        await _journal(_settings(tmp_path, journal_url=f"file://{tmp_path / 'x'}"))
    (tmp_path / "x").touch()
    with pytest.raises(Misconfigured, match="there is no folder"):
        await _journal(_settings(tmp_path, journal_url=f"file://{tmp_path / 'x'}"))


@pytest.mark.parametrize("url", ["s3://bucket/journal", "/srv/journal", "file://host/journal"])
def test_any_other_address_is_refused_by_name(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_URL", url)
    with pytest.raises(Misconfigured, match=r"JOURNAL_URL: .*file:///mnt/journal"):
        as_given()
