"""The sample generator: invented records on Yunnan's real geography, always the same for the same seed.

Start in `generate.write`, which lists the files; `world` draws what each region is like, `petitions`,
`failures`, `exposure` and `reports` draw rows, `dress` writes them the way departments do, and
`faults` plants the rows that must be rejected. Nothing here reads a clock or a network.
"""

from pipelines.sample.generate import DEFAULT_SEED, write

__all__ = ["DEFAULT_SEED", "write"]
