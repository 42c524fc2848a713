"""Settings from the environment or `.env`; a missing or wrong one is a sentence that says which and how to mend it."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from handlers.rules.policy import Policy, PolicyError, load_policy
from storage.store import async_url

KEY_HINT = 'Make one with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Misconfigured(Exception):
    """The program can't start; the message says what to mend, one sentence a line."""


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} isn't a web address. Write it like https://steward.example.com.")
    return value


def _database(value: str) -> str:
    async_url(value)
    return value


def _key(value: SecretStr) -> SecretStr:
    try:
        length = len(base64.b64decode(value.get_secret_value(), validate=True))
    except binascii.Error:
        length = 0
    if length != 32:
        raise ValueError(f"it must be 32 bytes in base64. {KEY_HINT}")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Every setting, under its name in the environment (README, "Settings")."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: WebAddress = "https://slack.com/api/"
    database_url: Annotated[str, AfterValidator(_database)] = "sqlite:///steward.db"
    policy_file: Path = Path("policy.yaml")
    recordings_url: str = "file:recordings"
    secret_key: Annotated[SecretStr, AfterValidator(_key)] | None = None
    secret_key_file: Path | None = None
    public_url: WebAddress = "http://localhost:3000"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 20

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        if self.slack_bot_token and not (self.slack_signing_secret or self.slack_app_token):
            raise ValueError(
                "SLACK_BOT_TOKEN is set, so SLACK_SIGNING_SECRET (over HTTP) or SLACK_APP_TOKEN (Socket Mode) is needed too."
            )
        if not self.slack_bot_token and (self.slack_signing_secret or self.slack_app_token):
            raise ValueError("SLACK_BOT_TOKEN is missing: the other Slack settings do nothing without it.")
        return self

    def master_key(self) -> bytes:
        """The 32 bytes of `SECRET_KEY` or of the file that `SECRET_KEY_FILE` names; raises `Misconfigured`."""
        if self.secret_key is not None:
            return base64.b64decode(self.secret_key.get_secret_value())
        if self.secret_key_file is None:
            raise Misconfigured(f"SECRET_KEY is missing: it must be 32 bytes in base64. {KEY_HINT}")
        try:
            text = SecretStr(self.secret_key_file.read_text().strip())
            return base64.b64decode(_key(text).get_secret_value())
        except OSError as error:
            raise Misconfigured(f"SECRET_KEY_FILE can't be read: {error.strerror}.") from error
        except ValueError as error:
            raise Misconfigured(f"SECRET_KEY_FILE: {error}") from error


def settings() -> Settings:
    """Read the settings; raises `Misconfigured` that lists everything that is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        rows = [_sentence(str(one["loc"][0]).upper() if one["loc"] else "", one["msg"]) for one in error.errors()]
        raise Misconfigured("\n".join(rows)) from error


def _sentence(name: str, message: str) -> str:
    told = message.removeprefix("Value error, ")
    return f"{name}: {told}" if name else told


def policy(path: Path) -> Policy:
    """Read the policy; raises `Misconfigured` that names the line and the remedy."""
    try:
        return load_policy(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError as error:
        raise Misconfigured(
            f"POLICY_FILE: there is no {path}. Copy policy.yaml from the project and fill it in."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"POLICY_FILE: {path} can't be read as text.") from error
    except PolicyError as error:
        raise Misconfigured(str(error)) from error
