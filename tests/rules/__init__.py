"""Broken files: every rule of every contract fires where it was violated, and nothing else does."""
