"""Migrations of the database, run by `store.upgrade`. Frozen texts: a released migration is never changed."""
