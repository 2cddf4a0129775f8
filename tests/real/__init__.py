"""Real input: a file as someone would send it, read from the shared folder, never part of the project."""
