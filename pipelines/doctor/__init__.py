"""What is missing or off, on this machine and in a workspace: one finding a line, each with what to do.

`machine.findings` looks at what the product needs to run, `home.findings` at what a workspace keeps. Nothing
is changed and nothing is made, and what cannot be looked at is a finding itself. Damage inside files is found
by `pipelines/verify.py`.
"""
