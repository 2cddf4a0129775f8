"""Data tests: a real build of the sample, its numbers recomputed by a second road, its bytes compared."""
