"""Settings from the environment or `.env`; a missing or wrong one is a sentence that says which and how to fix it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings import setting_values as values
from handlers.policy import Policy, PolicyError, load_policy
from handlers.sealing import Keys
from storage.database.files import open_to_others
from storage.database.store import async_url

DRAND = (
    "https://api.drand.sh", "https://api2.drand.sh", "https://api3.drand.sh", "https://drand.cloudflare.com",
)  # fmt: skip
"""Addresses that publish the rounds of drand's beacon: its makers' and Cloudflare's."""
PLAYGROUND = "recording-steward"  # Microsoft's local client takes any app id
SAMPLE_POLICY = Path(__file__).parents[1] / "policy.yaml"
"""The policy that comes with the bot: the sample company's, and what a company fills in. It travels in the wheel."""

TEAMS = {
    "MICROSOFT_APP_ID": "Use the application (client) ID of your Azure Bot.",
    "MICROSOFT_APP_PASSWORD": "Create a client secret for the bot's app registration, under Certificates & secrets.",
    "MICROSOFT_APP_TENANT_ID": values.TENANT,
}
"""The settings that Teams needs, and where to find their values."""


class Misconfigured(Exception):
    """The program can't start; the message says what to fix, one sentence a line."""


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """How the bot is set up for Teams.

    `open` is for Microsoft's local client: anyone who reaches the bot is let in, no password is used and no token is sent,
    and `tenant` may be "" for any. Otherwise everything is set.
    """

    app_id: str
    tenant: str
    password: str = field(repr=False)
    metadata_url: str
    login_url: str
    open: bool


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How letters to customers go out (P8)."""

    server: values.Server
    sender: values.Sender


class Settings(BaseSettings):
    """Every setting, under its name in the environment (docs/settings.md)."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: values.GuardedAddress = "https://slack.com/api/"
    microsoft_app_id: str | None = None
    microsoft_app_password: SecretStr | None = None
    microsoft_app_tenant_id: values.Tenant | None = None
    microsoft_openid_metadata_url: values.GuardedAddress = (
        "https://login.botframework.com/v1/.well-known/openidconfiguration"
    )
    microsoft_login_url: values.GuardedAddress = "https://login.microsoftonline.com"
    teams_allow_unauthenticated: bool = False
    database_url: values.DatabaseAddress = "sqlite:///steward.db"
    policy_file: Path = Path("policy.yaml")
    recordings_url: values.RecordingsAddress = "file:recordings"
    journal_url: values.JournalAddress | None = None
    smtp_url: values.MailServer | None = None
    mail_from: values.MailSender | None = None
    beacon_url: values.Addresses = DRAND
    secret_key: values.Key | None = None
    secret_key_file: Path | None = None
    secret_key_previous: values.Key | None = None
    secret_key_previous_file: Path | None = None
    public_url: values.PublicAddress = "http://localhost:3000"
    host: str = "127.0.0.1"
    port: values.Port = 3000
    trusted_proxies: values.Networks = ()
    metrics_host: str = "127.0.0.1"
    metrics_port: values.Port = 9464
    tick_seconds: values.Seconds = 20

    @property
    def teams(self) -> TeamsSettings | None:
        """How Teams is set up; None if it's off or only half configured (`gaps` says so)."""
        app_id, tenant, password = self.microsoft_app_id, self.microsoft_app_tenant_id, self.microsoft_app_password
        unproved = self.teams_allow_unauthenticated
        if not unproved and not (app_id and tenant and password):
            return None
        secret = password.get_secret_value() if password and not unproved else ""
        places = (self.microsoft_openid_metadata_url, self.microsoft_login_url)
        return TeamsSettings(app_id or PLAYGROUND, tenant or "", secret, *places, unproved)

    @property
    def mail(self) -> MailSettings | None:
        """How letters are sent; None if mail is off or only half configured (`gaps` says so)."""
        if self.smtp_url is None or self.mail_from is None:
            return None
        return MailSettings(values.server_of(self.smtp_url.get_secret_value()), values.sender_of(self.mail_from))

    @property
    def journal(self) -> Path:
        """The journal's folder; by default beside the data."""
        if self.journal_url is not None:
            return values.folder_of(self.journal_url)
        return self.data / "journal"

    @property
    def journal_beside_data(self) -> bool:
        """True if the journal is beside the database, so that one person can change both."""
        beside = self.journal.resolve().is_relative_to(self.data.resolve())
        return self.journal_url is None or (beside and self.database_url.startswith("sqlite"))

    @property
    def data(self) -> Path:
        """The folder of the database's file; for a server, the working directory."""
        address = async_url(self.database_url)
        return Path(address.database or "").parent if address.get_backend_name() == "sqlite" else Path()

    def gaps(self) -> list[str]:
        """Return a sentence for each mismatch: a chat or mail that is half configured, or a bot that strangers could reach."""
        teams = self._open_gaps() if self.teams_allow_unauthenticated else self._teams_gaps()
        return [*self._slack_gaps(), *teams, *self._mail_gaps()]

    def need_a_chat(self) -> None:
        """Raise `Misconfigured` if neither Slack nor Teams is configured."""
        if not self.slack_bot_token and self.teams is None:
            raise Misconfigured(
                "No chat is set up. Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET for Slack, or "
                f"{_list_names(list(TEAMS))} for Teams. To try the bot without either, run: recording-steward demo"
            )

    def _slack_gaps(self) -> Iterator[str]:
        """Yield a sentence for each Slack setting that is missing beside the others, or isn't what it should be."""
        if self.slack_bot_token and not (self.slack_signing_secret or self.slack_app_token):
            yield "SLACK_BOT_TOKEN is set. Set SLACK_SIGNING_SECRET (for HTTP) or SLACK_APP_TOKEN (for Socket Mode) too."
        if not self.slack_bot_token and (self.slack_signing_secret or self.slack_app_token):
            yield "SLACK_BOT_TOKEN is missing: the other Slack settings do nothing without it."
        secret, stand_in = self.slack_signing_secret, urlsplit(self.slack_api_url).hostname in values.LOOPBACK
        if secret and not stand_in and not re.fullmatch("[0-9a-f]{32}", secret.get_secret_value()):
            where = "Copy it from your app's page at Slack, under Basic Information, App Credentials."
            yield f"SLACK_SIGNING_SECRET: this isn't a signing secret, which has 32 characters from 0 to 9 and a to f. {where}"
        token = self.slack_app_token
        if token and not token.get_secret_value().startswith("xapp-"):
            where = "Create one on your app's page at Slack, under Basic Information, App-Level Tokens."
            yield f"SLACK_APP_TOKEN: this isn't an app token, which begins with xapp-. {where}"

    def _teams_gaps(self) -> Iterator[str]:
        """Yield a sentence for each Teams setting that is missing, if any is set."""
        missing = [name for name in TEAMS if not getattr(self, name.lower())]
        if len(missing) < len(TEAMS):
            yield from (f"{name}: Teams needs this too. {TEAMS[name]}" for name in missing)

    def _mail_gaps(self) -> Iterator[str]:
        """Yield a sentence if only one of the two mail settings is set."""
        if self.smtp_url is not None and self.mail_from is None:
            yield "MAIL_FROM is missing: SMTP_URL is set, and customers need to see who sends their copies."
        if self.smtp_url is None and self.mail_from is not None:
            yield "SMTP_URL is missing: MAIL_FROM is set, but there is no server to send customers their copies."

    def _open_gaps(self) -> Iterator[str]:
        """Yield a sentence for each way in which strangers could reach an unauthenticated bot, even through a proxy."""
        words = "TEAMS_ALLOW_UNAUTHENTICATED: it lets anyone in, so use it only to try the bot on this machine."
        if self.host not in values.LOOPBACK:
            yield f"{words} HOST is {self.host}: set it to 127.0.0.1, or leave TEAMS_ALLOW_UNAUTHENTICATED out."
        if urlsplit(self.public_url).hostname not in values.LOOPBACK:
            yield f"{words} PUBLIC_URL is {self.public_url}: set it to http://localhost:{self.port}, or leave TEAMS_ALLOW_UNAUTHENTICATED out."

    def master_key(self) -> bytes:
        """Return the 32 bytes of `SECRET_KEY` or of the file that `SECRET_KEY_FILE` names; raises `Misconfigured`."""
        found = _read_key(self.secret_key, "SECRET_KEY_FILE", self.secret_key_file)
        if found is None:
            raise Misconfigured(f"SECRET_KEY is missing: it must be 32 bytes in base64. {values.KEY_HINT}")
        return found

    def keys(self) -> Keys:
        """Return the keys derived from the master key, and from the previous one if it's set; raises `Misconfigured`."""
        return Keys(*self.master_keys())

    def master_keys(self) -> tuple[bytes, ...]:
        """Return the master key, and the previous one if it's set; raises `Misconfigured`."""
        master = self.master_key()
        previous = _read_key(self.secret_key_previous, "SECRET_KEY_PREVIOUS_FILE", self.secret_key_previous_file)
        if previous == master:
            raise Misconfigured(
                "SECRET_KEY_PREVIOUS: this is the same key as SECRET_KEY. Leave it out, or set the old key."
            )
        return (master,) if previous is None else (master, previous)


def _read_key(value: SecretStr | None, name: str, file: Path | None) -> bytes | None:
    """Return a master key from the setting, or from its file (whose setting is `name`); None if neither is set. Raises `Misconfigured`."""
    if value is not None and file is not None:
        raise Misconfigured(f"{name}: {name.removesuffix('_FILE')} is set as well. Remove one of them.")
    if value is not None:
        return values.key_bytes(value.get_secret_value())
    if file is None:
        return None
    try:
        exposed, text = open_to_others(file), file.read_text(encoding="utf-8", errors="replace").strip()
        key = b"" if exposed else values.key_bytes(text)
    except OSError as error:
        raise Misconfigured(f"{name} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise Misconfigured(f"{name}: {error}") from error
    if exposed:
        raise Misconfigured(f"{name}: others on this machine can read or change it. To fix it: chmod 600 {file}")
    return key


def read_settings() -> Settings:
    """Read the settings; raises `Misconfigured` with everything that is wrong with them."""
    settings = read_each_setting()
    if gaps := settings.gaps():
        raise Misconfigured("\n".join(gaps))
    return settings


def read_each_setting() -> Settings:
    """Read the settings without checking that they make a whole; raises `Misconfigured` for wrong values."""
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured("\n".join(f"{name}: {sentence}" for name, sentence in setting_flaws(error))) from error
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misconfigured(
            f".env: I can't read it ({why}). Start the bot in a folder whose files it may read."
        ) from error


def setting_flaws(error: ValidationError) -> list[tuple[str, str]]:
    """Return the settings that are wrong: each by its name in the environment, with a sentence."""
    return [(str(one["loc"][0]).upper(), one["msg"].removeprefix("Value error, ")) for one in error.errors()]


def _list_names(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def read_policy(path: Path, now: datetime | None = None) -> Policy:
    """Read the policy as of a moment; raises `Misconfigured` with the line that is wrong and how to fix it."""
    try:
        return load_policy(path.read_text(encoding="utf-8"), str(path), now)
    except FileNotFoundError as error:
        raise Misconfigured(f"POLICY_FILE: there is no {path}. Copy {SAMPLE_POLICY} there and fill it in.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"POLICY_FILE: {path} can't be read: {getattr(error, 'strerror', None) or error}."
        ) from error
    except PolicyError as error:
        raise Misconfigured(str(error)) from error


class Given(Settings):
    """Settings passed as arguments, without reading the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        *_: Any,  # noqa: ANN401  pydantic's other sources
        **__: Any,  # noqa: ANN401
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where pydantic looks for values: the arguments alone."""
        return (init_settings,)
