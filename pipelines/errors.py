"""The one error a user may meet: a sentence in Chinese and in English, and an exit code.

Everything else that is raised is a bug and keeps its traceback. The command line
(`pipelines/cli`) prints a `UserError` without one and leaves with its code.
"""

from __future__ import annotations

EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_WORKSPACE = 4
EXIT_DATA_TEST = 5


class UserError(Exception):
    """A mistake of the input or the surroundings: what happened, where, and what to do.

    `zh` and `en` say the same thing in one sentence each; `exit_code` is what the
    command line leaves with.
    """

    def __init__(self, zh: str, en: str, exit_code: int = EXIT_INPUT) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
        self.exit_code = exit_code


class RecordsUnavailable(UserError):
    """The records behind a snapshot's counts are not on this machine."""
