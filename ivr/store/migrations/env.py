"""What Alembic runs to reach the database: always a connection that `store.upgrade` hands over, inside of its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True, transaction_per_migration=False)
context.run_migrations()
