"""Files that lie on a bad sector: they are there, they open, they have their size, and the read fails."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.recorders import tree


@contextmanager
def on_a_bad_sector(monkeypatch: pytest.MonkeyPatch, *names: str) -> Iterator[None]:
    """These native ids or metadata files; opened for writing alone, so that it is the kernel that refuses to read."""
    opened = tree.open_file

    def failing(root: str, native_id: str) -> int:
        return os.open(f"{root}/{native_id}", os.O_WRONLY) if native_id in names else opened(root, native_id)

    with monkeypatch.context() as patch:
        patch.setattr(tree, "open_file", failing)
        yield
