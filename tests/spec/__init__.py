"""Worked examples: small tables in, the relation of one SQL file out, the arithmetic visible."""
