"""A bot for Slack alone, on a file and without mail, reads no library that it has no use for: each costs memory and time at every start."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.keys import KEY
from tests.stories.house import ROOT

NEVER_USED = (
    "aiosmtplib", "alembic", "asyncpg", "bot.recorders.asterisk", "botbuilder", "botframework", "botocore", "css_inline",
    "email_validator", "holidays.countries.france", "jinja2", "matplotlib", "numpy", "py_ecc", "soundfile", "sqlalchemy.dialects.postgresql",
)  # fmt: skip
PROGRAM = """
import asyncio, sys
from bot.serving import Steward, read_policy, read_settings

async def main():
    steward = Steward(read_settings(), read_policy(read_settings().policy_file))
    steward.build()
    await steward.http.close()

asyncio.run(main())
print(*sys.modules)
"""


def test_a_bot_for_slack_alone_reads_no_library_of_anything_else(tmp_path: Path) -> None:
    told = {
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2, "DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}",
        "RECORDINGS_URL": f"file://{tmp_path}", "POLICY_FILE": str(ROOT / "policy.yaml"), "SECRET_KEY": KEY,
        "PUBLIC_URL": "https://steward.example", "PATH": os.environ["PATH"],
    }  # fmt: skip
    loaded = modules_of(PROGRAM, told)
    assert {"holidays.countries.australia", "slack_bolt", "sqlalchemy"} <= loaded
    assert loaded.isdisjoint(NEVER_USED), sorted(loaded.intersection(NEVER_USED))


def test_a_command_line_that_asks_for_help_reads_no_library_at_all() -> None:
    """And the garbage collector is off before the first of them: it would take a ninth of a start."""
    loaded = modules_of("import bot.__main__, sys; bot.__main__._build_parser(); print(*sys.modules)", {})
    assert loaded.isdisjoint(("aiohttp", "pydantic", "sqlalchemy")), sorted(loaded)


def modules_of(program: str, told: Mapping[str, str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=told, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
