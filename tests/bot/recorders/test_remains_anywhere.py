"""Whatever lies in the folder: after a deletion a look finds what another walk finds, and nothing else was touched (P12)."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import Changed, Unavailable

from .benches import FolderBench
from .erasing import SOUND, delete, left

pytestmark = pytest.mark.soak

FOLDERS = ("", "calls", "calls/.partial", "calls/deep", ".away", "2025")
NAMES = (
    "one.mp3", "one.json", ".one.mp3.new", "one.mp3.part", "one.mp3.wav", "one.mp3.json", "one.wav", "one.MP3", "two.mp3",
    "two.json", "~$one.mp3", "xone.mp3", "one", ".x",
)  # fmt: skip
KINDS = ("sound", "sound", "as long", "longer", "folder", "link", "link to a folder", "hard link")

things = st.lists(
    st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES), st.sampled_from(KINDS)),
    max_size=8,
    unique_by=lambda t: t[:2],
)


def lay(bench: FolderBench, where: str, name: str, kind: str) -> None:
    file = bench.root / where / name
    file.parent.mkdir(parents=True, exist_ok=True)
    outside = bench.root.parent
    match kind:
        case "folder":
            file.mkdir()
        case "link":
            file.symlink_to(outside / "outside.mp3")
        case "link to a folder":
            file.symlink_to(outside)
        case "hard link":
            file.hardlink_to(bench.root / "calls" / "one.mp3")
        case _:
            file.write_bytes({"sound": SOUND, "as long": SOUND[::-1], "longer": SOUND + b"."}[kind])


def there(root: Path) -> dict[str, bytes | str]:
    """All that is there, by os.walk: what is in each file, and what kind of thing else."""
    found: dict[str, bytes | str] = {}
    for here, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(here) / name
            kind: bytes | str = "link" if path.is_symlink() else "folder" if path.is_dir() else path.read_bytes()
            found[path.relative_to(root).as_posix()] = kind
    return found


def still(found: dict[str, bytes | str]) -> set[str]:
    """What is left of calls/one.mp3, said in another way than in the house."""
    made = re.compile(r"calls/(\.*)(?:one\.mp3|one\.json)(?:\..*)?")
    names = set()
    for path, content in found.items():
        fits = made.fullmatch(path)
        hidden = fits and fits[1]
        own = bool(re.search(r"\.(wav|mp3|ogg|flac|m4a|json)$", path, re.IGNORECASE))
        exact = path in ("calls/one.mp3", "calls/one.json")
        if exact or (fits and (hidden or not own)) or content == SOUND or (path == "calls" and content == "link"):
            names.add(path)
    return names


@given(lying=things)
@settings(max_examples=200, deadline=None)
def test_a_look_finds_what_another_walk_finds(lying: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        bench = FolderBench(Path(place) / "calls")
        (Path(place) / "outside.mp3").write_bytes(SOUND)
        (bench.root / ".mounted").touch()
        for where, name, kind in lying:
            with suppress(FileNotFoundError, FileExistsError, NotADirectoryError, PermissionError):
                lay(bench, where, name, kind)
        before = there(bench.root)
        assert set(left(bench.recorder)) == still(before)
        try:
            delete(bench)
        except (Changed, Unavailable):
            refused = True
        else:
            refused = False
        after = there(bench.root)
        assert set(left(bench.recorder)) == still(after)
        assert before.keys() - after.keys() <= {"calls/one.mp3", "calls/one.json"}
        assert after.items() <= before.items()
        assert (Path(place) / "outside.mp3").read_bytes() == SOUND
        assert refused or not after.keys() & {"calls/one.mp3", "calls/one.json"}
        delete_again(bench, refused=refused)
        assert there(bench.root) == after


def delete_again(bench: FolderBench, *, refused: bool) -> None:
    """What was refused is refused again, and what was not is fine."""
    try:
        delete(bench)
    except (Changed, Unavailable):
        assert refused
    else:
        assert not refused
