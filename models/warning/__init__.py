"""Early warnings: which region and month is unusual, how unusual, and in which count (method section 6).

Start in `model` (one step of all regions) and read on by `config`, `profile`, `fit`, `onestep`, `variance`,
`tail`, `memory`, `channels`, `gate`, `verdict`. `monthly` is the door of the build: all months of a level,
with `completeness` of the young ones; `lanes` has totals against their own history, `forest` a second
opinion. `explain` says why a warning fired; `bench` holds the model against
other detectors. A warning is a prompt to check, never a verdict. Pure, and without look-ahead: what is said
of a month uses counts of that month and earlier ones.
"""
