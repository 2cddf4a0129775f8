"""`zhengxin doctor`: what is missing or off on this machine and in the workspace, one line each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.cli.options import AsJson, Home, Lang, Language
from pipelines.cli.session import session
from pipelines.errors import EXIT_WORKSPACE

STATES = {"ok": ("正常", "ok"), "warn": ("注意", "warn"), "fail": ("问题", "fail")}


def doctor(home: Home = None, as_json: AsJson = False, lang: Lang = Language.ZH) -> None:
    """检查环境和工作区,有问题时退出码为 4。Check the machine and the workspace (exit 4: problems)."""
    # Without a workspace of its own: looking must not make one, and a broken one must be told of.
    with session("doctor", lang=lang, as_json=as_json, needs_workspace=False) as run:
        from pipelines.doctor import home as workspace
        from pipelines.doctor import machine

        findings: list[dict[str, Any]] = []
        for finding in (*machine.findings(), *workspace.findings(home, _files)):
            zh, en = STATES[finding.state]
            run.say(f"[{zh}] {finding.zh}", f"[{en}] {finding.en}")
            findings.append(
                {"name": finding.name, "state": finding.state, "zh": finding.zh, "en": finding.en}
            )
        failed = any(finding["state"] == "fail" for finding in findings)
        run.finish(EXIT_WORKSPACE if failed else 0, findings=findings)


def _files(inbox: Path) -> Iterable[Path]:
    """The files an ingest of this folder would take; none of a folder that is empty or not there."""
    from pipelines.cli.inputs import SUFFIXES, collect

    if not any(path.suffix.lower() in SUFFIXES for path in inbox.rglob("*")):
        return []
    return [item.path for item in collect([inbox])]
