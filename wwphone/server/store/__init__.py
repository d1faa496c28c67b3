"""Layer 3: everything that survives a restart, in SQLite or PostgreSQL; the only owner of SQLAlchemy and alembic."""
