"""One file a revision; written by `alembic revision`, never changed once released."""
