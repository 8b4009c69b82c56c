"""Backup and restore: the database by its own programs, files by digest, and a proof of both."""
