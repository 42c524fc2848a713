"""Whatever can happen to a folder of recordings, one thing at a time, and what is there afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bot.ports import Problem, Sighting
from bot.recorders.folder import FolderRecorder
from bot.retention.recording_sync import AtHand

from .benches import PLAIN, as_sidecar

FOLDERS = ("", "a", "a/b", "a/b/c", "d")
WHAT = (
    "put", "replace", "write_in_place", "write_and_set_back", "edit_in_place", "spoil", "delete", "move", "move_folder",
    "delete_folder", "set_folder_back", "link_file", "link_folder", "unlink_folder", "lose_metadata",
)  # fmt: skip


class Disorder:
    """A folder in which `do` does one of `WHAT`; what can't be done, since nothing is there, is left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outside = root.with_name("outside")
        for folder in (root, self.outside):
            folder.mkdir()
        self._number = 0

    def do(self, what: str, which: int, other: int) -> None:
        works: dict[str, Callable[[Path, Path], object]] = {name: getattr(self, f"_{name}") for name in WHAT}
        with suppress(FileNotFoundError, FileExistsError, NotADirectoryError, shutil.Error, OSError):
            works[what](self._file(which), self._file(other))

    def _file(self, which: int) -> Path:
        return self.root / FOLDERS[which % len(FOLDERS)] / f"{which // len(FOLDERS)}.mp3"

    def _new(self) -> bytes:
        self._number += 1
        return f"audio {self._number:06}".encode()

    def _put(self, file: Path, _: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self._new())
        file.with_suffix(".json").write_text(json.dumps(as_sidecar(replace(PLAIN, crm=f"CS-{self._number}"))))

    def _replace(self, file: Path, _: Path) -> None:
        if file.exists():
            fresh = file.with_name(".fresh")
            fresh.write_bytes(self._new())
            fresh.replace(file)

    def _write_in_place(self, file: Path, _: Path) -> None:
        with file.open("r+b") as there:
            there.write(self._new())

    def _write_and_set_back(self, file: Path, other: Path) -> None:
        before = file.stat()
        self._write_in_place(file, other)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _edit_in_place(self, file: Path, _: Path) -> None:
        beside = file.with_suffix(".json")
        told = json.loads(beside.read_text())
        beside.write_text(json.dumps({**told, "crm": f"CS-{self._number}", "operator": as_sidecar(PLAIN)["operator"]}))

    def _spoil(self, file: Path, _: Path) -> None:
        with file.with_suffix(".json").open("r+b") as there:
            there.write(b"no JSON at all")

    def _delete(self, file: Path, _: Path) -> None:
        file.unlink()
        file.with_suffix(".json").unlink(missing_ok=True)

    def _move(self, file: Path, other: Path) -> None:
        other.parent.mkdir(parents=True, exist_ok=True)
        file.rename(other)
        file.with_suffix(".json").rename(other.with_suffix(".json"))

    def _move_folder(self, file: Path, other: Path) -> None:
        if file.parent != self.root:
            file.parent.rename(other.parent)

    def _delete_folder(self, file: Path, _: Path) -> None:
        if file.parent != self.root and not file.parent.is_symlink():
            shutil.rmtree(file.parent)

    def _set_folder_back(self, file: Path, _: Path) -> None:
        os.utime(file.parent, (1_000_000_000, 1_000_000_000))

    def _link_file(self, file: Path, _: Path) -> None:
        self._number += 1
        (self.outside / f"link {self._number}").hardlink_to(file)

    def _link_folder(self, file: Path, _: Path) -> None:
        if file.parent != self.root and not file.parent.is_symlink():
            self._number += 1
            file.parent.rename(self.outside / f"moved {self._number}")
            file.parent.symlink_to(self.outside / f"moved {self._number}")

    def _unlink_folder(self, file: Path, _: Path) -> None:
        if file.parent.is_symlink():
            moved = file.parent.readlink()
            file.parent.unlink()
            moved.rename(file.parent)

    def _lose_metadata(self, file: Path, _: Path) -> None:
        file.with_suffix(".json").unlink()

    def there(self) -> tuple[dict[str, str], dict[str, str]]:
        """Native id → stamp of what can be registered, and what else there is with what is wrong with it."""
        found = asyncio.run(self._look())
        sound = {one.native_id: one.stamp for one in found if isinstance(one, Sighting)}
        return sound, {one.native_id: one.sentence for one in found if isinstance(one, Problem)}

    async def _look(self) -> list[object]:
        return [one async for one in FolderRecorder(self.root).changes(AtHand())]
