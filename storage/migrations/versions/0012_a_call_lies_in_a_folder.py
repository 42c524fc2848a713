"""A call lies in a folder of its recording system, so that the register can be asked for one folder at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# All up to the last slash: from the end everything goes that is none, then the slash.
_FOLDERS = "UPDATE recordings SET folder = rtrim(rtrim(native_id, replace(native_id, '/', '')), '/')"


def _folder() -> sa.String:
    # Byte by byte: a newer locale on the server then makes no index of it wrong.
    return sa.String(collation="C" if op.get_context().dialect.name == "postgresql" else None)


def upgrade() -> None:
    """Nothing is known differently afterwards."""
    with op.batch_alter_table("recordings", schema=None) as table:
        table.add_column(sa.Column("folder", _folder(), nullable=False, server_default=""))
    op.execute(_FOLDERS)
    with op.batch_alter_table("recordings", schema=None) as table:
        table.alter_column("folder", existing_type=_folder(), existing_nullable=False, server_default=None)
        table.create_index("recordings_by_folder", ["system", "folder", "state"], unique=False)
