"""What Alembic runs: it gets an open connection from `storage.database.upgrade` and never opens one itself."""

from alembic import context

from storage.records import Record

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Record.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
