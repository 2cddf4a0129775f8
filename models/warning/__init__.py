"""Early warnings: which region and month is unusual, how unusual, and in which count.

`completeness` says how much of a young month is on file, `expect` what a month should hold by the region's
own past, `tail` how unusual it is, `assess` puts that together by channel, `levels` joins the channels.
A first version: every region by itself, without a profile of its peers. A warning is a prompt to check, never
a verdict. Pure, and without look-ahead: what is said of a month uses counts of that month and earlier ones.
"""
