"""The machine: Python, libraries, fonts, browser, port."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from pipelines import ports
from pipelines.doctor.finding import Finding

PRODUCT = "zhengxin"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOST, PORT = "127.0.0.1", 8501
BUNDLED_FONT = Path(__file__).parents[2] / "dashboard" / "static" / "fonts" / "zhengxin-noto-sans-sc.woff2"


def findings() -> Iterator[Finding]:
    """Python, libraries, fonts, browser, port."""
    yield _python()
    yield from _libraries()
    yield _font()
    yield _browser()
    yield _port()


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    try:
        wanted = str(metadata(PRODUCT)["Requires-Python"])
    except PackageNotFoundError:
        wanted = ">=3.11"
    if found in SpecifierSet(wanted):
        return Finding("python", "ok", f"Python {found}。", f"Python {found}.")
    return Finding(
        "python",
        "fail",
        f"Python {found} 不符合要求({wanted});请另装一个版本后运行 python3 run.py。",
        f"Python {found} does not fit ({wanted}); install another one and run python3 run.py.",
    )


def _libraries() -> Iterator[Finding]:
    """One line for every library that is absent or of a version that does not fit, or one that all fit."""
    try:
        wanted = [Requirement(text) for text in requires(PRODUCT) or ()]
    except PackageNotFoundError:
        yield Finding(
            "libraries",
            "warn",
            "本程序没有安装,只在源码目录里运行;请运行 python3 run.py。",
            "The product is not installed, it runs from its sources; run python3 run.py.",
        )
        return
    wanted = [
        requirement for requirement in wanted if not requirement.marker or requirement.marker.evaluate()
    ]
    wrong = list(filter(None, map(_library, wanted)))
    yield from wrong
    if not wrong:
        count = len(wanted)
        yield Finding("libraries", "ok", f"{count} 个程序库的版本都符合要求。", f"All {count} libraries fit.")


def _library(wanted: Requirement) -> Finding | None:
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        found = ""
    if found and wanted.specifier.contains(found, prereleases=True):
        return None
    return Finding(
        "libraries",
        "fail",
        f"程序库 {wanted.name}:需要 {wanted.specifier},现有 {found or '无'};请运行 python3 run.py 重新安装。",
        f"Library {wanted.name}: {wanted.specifier} is needed, found {found or 'none'}; run python3 run.py.",
    )


def _font() -> Finding:
    """Pages bring a font of their own; pictures made by a browser on this machine look better with one."""
    if shutil.which("fc-list"):
        listed = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False
        )
        if family := listed.stdout.strip().splitlines()[:1]:
            return Finding("font", "ok", f"中文字体:{family[0]}。", f"Chinese font: {family[0]}.")
    if BUNDLED_FONT.is_file():
        return Finding(
            "font",
            "ok",
            "系统里没有找到中文字体;页面使用随附的 Noto Sans SC。",
            "No Chinese font was found on this system; pages use the Noto Sans SC that comes with them.",
        )
    return Finding(
        "font",
        "fail",
        "没有中文字体,随附的也不见了;请安装 fonts-noto-cjk 或重新安装本程序。",
        "There is no Chinese font, not even the bundled one; install fonts-noto-cjk or the product again.",
    )


def _browser() -> Finding:
    found = os.environ.get("ZHENGXIN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found and shutil.which(found):
        return Finding("browser", "ok", f"导出图片用的浏览器:{found}。", f"Browser for pictures: {found}.")
    return Finding(
        "browser",
        "warn",
        "没有 Chromium,服务器端不能导出图片;需要时请安装,或用 ZHENGXIN_CHROMIUM 指明。",
        "There is no Chromium to export pictures with; install one or name it in ZHENGXIN_CHROMIUM.",
    )


def _port() -> Finding:
    if reason := ports.why_not(HOST, PORT):
        return Finding(
            "port",
            "warn",
            f"端口 {PORT} 被占用({reason});页面可能已在运行,否则请用 zhengxin serve --port 另选端口。",
            f"Port {PORT} is taken ({reason}); the dashboard may be running, else use zhengxin serve --port.",
        )
    return Finding("port", "ok", f"端口 {PORT} 空闲。", f"Port {PORT} is free.")
