"""Early warnings: which region and month is unusual, how unusual, and in which count.

`completeness` says how much of a young month is on file, `expect` what a month should hold by the region's
own past, `tail` how unusual it is, `assess` puts that together by channel, `levels` joins the channels.
These are a first version: every region by itself, without a profile of its peers.

Beside it stands the model of METHOD 6, which the build does not call yet: start in `model` (one step of all
regions) and read on by `config`, `profile`, `fit`, `onestep`, `variance`, `memory`, `channels`, `gate`,
`verdict`; `bench` holds it against other detectors. A warning is a prompt to check, never
a verdict. Pure, and without look-ahead: what is said of a month uses counts of that month and earlier ones.
"""
