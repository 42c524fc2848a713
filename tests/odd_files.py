"""Files in a recording system in memory that can't be registered."""

from storage.tables.calls import UnregisteredFile
from tests.erasing import Archive

NAME = "in/+61491570156 Mrs Pemberly.mp3"


async def spoilt(archive: Archive, name: str = NAME, audio: bytes = b"odd", why: str = "no_metadata") -> int:
    """Put a file there that can't be registered; return its number."""
    archive.recorder.spoil(name, f"{name} has no metadata file beside it.", audio, why)
    await archive.sync.sync()
    [*_, file] = [one for one in await listed(archive) if one.native_id == name]
    return file.id


async def listed(archive: Archive) -> list[UnregisteredFile]:
    """Return those that are still there."""
    return await archive.company.database.read(lambda store: store.recordings.unregistered())
