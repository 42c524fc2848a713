"""Where upgrades begin: the tables of release 0.1.0.

A new database is made from the models and marked as being at the newest revision. A later change to a table is a revision that
follows this one.
"""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing: a database at this revision already has its tables."""
