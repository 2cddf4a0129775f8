"""Early warnings: which region and month is unusual, how unusual, and why.

Peer profile, regression over all series at once, tail probability, memory of the last month, channels,
levels, explanation, episodes and the back-test. A warning is a prompt to check, never a verdict.
Pure, and without look-ahead: what is said of a month uses only what was known at its end or at
the build that says it.
"""
