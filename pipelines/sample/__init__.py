"""The sample generator: invented records on Yunnan's real geography, always the same for the same seed.

Start in `generate.write`, which lists the files; `world` draws what each region is like, `petitions`,
`failures`, `debt`, `exposure` and `reports` draw rows, `dress` and `workbook` write them the way departments
do, `planted`, `corrections` and `faults` say what is unusual, late or wrong on purpose. Nothing here reads a
clock or a network.
"""

from pipelines.sample.generate import DEFAULT_SEED, write

__all__ = ["DEFAULT_SEED", "write"]
