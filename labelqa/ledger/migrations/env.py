"""Alembic's entry: runs on the connection that the ledger hands over."""

from alembic import context

from labelqa.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
