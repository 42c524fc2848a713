"""A master key as a setting tells it, or as it stands in a file that nobody else can read."""

from __future__ import annotations

import base64
from pathlib import Path

from pydantic import SecretStr

from bot.settings.setting_values import BEFORE_HINT, KEY_HINT, key_bytes
from storage.database.private import open_to_others


def master_key(told: SecretStr | None, name: str, file: Path | None) -> bytes | None:
    """Its 32 bytes; None where neither is set. Raises ValueError with a sentence that begins with `name`, the file's setting."""
    if told is not None and file is not None:
        raise ValueError(f"{name}: {name.removesuffix('_FILE')} is set as well. Leave one of the two out.")
    if told is not None:
        return base64.b64decode(told.get_secret_value())
    return None if file is None else _read(name, file)


def _read(name: str, file: Path) -> bytes:
    try:
        exposed, text = open_to_others(file), file.read_text().strip()
    except OSError as error:
        raise ValueError(f"{name} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise ValueError(
            f"{name}: what stands there is no text in UTF-8. Write the key into it as base64, on one line."
        ) from None
    if exposed:
        raise ValueError(f"{name}: others on this machine can read or change it. Mend that with: chmod 600 {file}")
    try:
        return key_bytes(text, BEFORE_HINT if "PREVIOUS" in name else KEY_HINT)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
