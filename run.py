"""The commands of a fresh machine, with nothing but Python and its standard library.

    python3 run.py [--port N] [--wheelhouse DIR]         install, sample data, snapshot, dashboard
    python3 run.py test [--wheelhouse DIR] [pytest ...]  install, ruff, mypy, pytest
    python3 run.py screenshots [--output DIR]            pictures of every page, with code names
    python3 run.py bench [--rows N] [--rounds N]         install, the benchmark against Polars and pandas

Everything lands in `.venv` and `data` beside this file. What is installed stands in requirements.lock
(how it is refreshed: CONTRIBUTING.md); the product's own commands are in pipelines/cli.
"""

# Kept readable for Python 3.6, so that an old one gets the sentence below and not a syntax error.
import argparse
import hashlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "zhengxin-installed"
HOME = Path(os.environ.get("ZHENGXIN_HOME") or ROOT / "data").expanduser()
PORT = 8501
# The whole suite runs in worker processes, file by file, so that what a file sets up is made once.
WHOLE_SUITE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where systems keep the certificates they trust, when OpenSSL was built with another place in mind.
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class Stop(Exception):
    """One sentence for the user, in Chinese and English; the run ends."""


def say(zh: str, en: str) -> None:
    """Print one line of progress, in English alone where the terminal cannot show Chinese."""
    try:
        print(f"[zhengxin] {zh} {en}", flush=True)
    except UnicodeEncodeError:
        print(f"[zhengxin] {en}", flush=True)


def run(*command: object, env: "dict[str, str] | None" = None, quiet: bool = False) -> int:
    """Run a program in the repository and return its exit code; 127 when it does not exist."""
    try:
        return subprocess.call(
            [str(part) for part in command],
            cwd=str(ROOT),
            env={**os.environ, **(env or {})},
            stdout=subprocess.DEVNULL if quiet else None,
            stderr=subprocess.DEVNULL if quiet else None,
        )
    except OSError:
        return 127


# --- Installing -----------------------------------------------------------------------------------


def stamp() -> str:
    """Return what an installation depends on, as one hash: the lock, the project file, this Python."""
    parts = [
        LOCK.read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        sys.version.encode(),
        str(ROOT).encode(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed(wanted: str) -> bool:
    """Return whether `.venv` is whole and is the installation that is wanted."""
    if not STAMP.is_file() or STAMP.read_text() != wanted:
        return False
    # The interpreter is asked too: a virtual environment outlives the Python it was made from.
    return run(PYTHON, "-c", "import streamlit", quiet=True) == 0


def install(wheelhouse: "Path | None") -> None:
    """Bring `.venv` to the state of the lock; nothing is done when it is there already.

    Raises Stop when the environment cannot be made or the packages cannot be fetched.
    """
    wanted = stamp()
    if installed(wanted):
        return
    say(
        "正在安装运行环境,首次需要几分钟……",
        "Installing the environment; the first time takes a few minutes ...",
    )
    if run(sys.executable, "-m", "venv", "--clear", VENV) != 0:
        raise Stop(
            "无法建立虚拟环境 .venv;Debian 或 Ubuntu 请先安装 python3-venv,然后重试。",
            "Cannot make the virtual environment .venv; on Debian or Ubuntu install python3-venv first.",
        )
    settings = pip_settings()
    env = installer_environment(settings)
    offline = ["--no-index", "--find-links", wheelhouse] if wheelhouse else []
    if not install_with_uv(env, settings, offline):
        say("改用 pip 安装。", "Installing with pip instead.")
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", *offline, "-r", LOCK]
        if run(*pip, env=env) != 0:
            raise Stop(
                "依赖安装失败(见上);请检查网络或 pip 镜像设置,或用 --wheelhouse 指定离线安装包文件夹。",
                "The packages could not be installed (see above); check the network or pip's index setting,"
                " or give a folder of wheels with --wheelhouse.",
            )
    project = [PYTHON, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    if run(*project, "-e", ROOT, env=env) != 0:
        raise Stop("项目本身安装失败(见上)。", "The project itself could not be installed (see above).")
    STAMP.write_text(wanted)


def install_with_uv(env: "dict[str, str]", settings: "dict[str, str]", offline: "list[object]") -> bool:
    """Install the lock with the uv that the lock pins; false on any failure, and pip takes over."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "uv.txt"
        pinned.write_text(locked("uv"))
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", *offline, "-r", pinned]
        if run(*pip, env=env) != 0:
            return False
    # uv reads neither pip's settings nor, by default, the certificates the system trusts.
    env = {**env, "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    if "index-url" in settings:
        env.setdefault("UV_DEFAULT_INDEX", settings["index-url"])
    uv = [BIN / "uv", "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", *offline, LOCK]
    return run(*uv, env=env) == 0


def locked(name: str) -> str:
    """Return the lines of one package in the lock: its version and hashes."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    last = first
    while lines[last].endswith("\\"):
        last += 1
    return "\n".join(lines[first : last + 1]) + "\n"


def pip_settings() -> "dict[str, str]":
    """Return pip's settings, from its files and the environment, by their short names."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=str(ROOT)).stdout
    settings = {}
    for line in printed.decode(errors="replace").splitlines():
        key, _, value = line.partition("=")
        settings[key.rpartition(".")[2]] = value.strip().strip("'\"")
    return settings


def installer_environment(settings: "dict[str, str]") -> "dict[str, str]":
    """Return the environment of the installers: quiet, and trusting the certificates the system trusts.

    pip before 24.2 trusts only a list of its own, which does not hold a company's certificate.
    """
    env = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    known = [ssl.get_default_verify_paths().cafile, *CERTIFICATES]
    bundle = next((path for path in known if path and Path(path).is_file()), None)
    if bundle:
        if "cert" not in settings:
            env["PIP_CERT"] = bundle
        if not os.environ.get("SSL_CERT_FILE"):
            env["SSL_CERT_FILE"] = bundle
    return env


# --- The dashboard --------------------------------------------------------------------------------


def zhengxin(*arguments: object) -> None:
    """Run a command of the product; its own message has been shown when it fails."""
    code = run(PYTHON, "-m", "pipelines.cli", *arguments)
    if code:
        raise SystemExit(code)


def prepare() -> None:
    """See to it that there is a snapshot: of the workspace's own records, else of the sample data."""
    if (HOME / "CURRENT").is_file():
        return
    # An interrupted first run may go on; sample data never join records of somebody's own.
    batches = list((HOME / "store").glob("*/batch=*/batch.json"))
    if all(json.loads(path.read_text(encoding="utf-8")).get("synthetic") for path in batches):
        say("正在导入演示数据(虚构)。", "Ingesting the sample data (invented).")
        zhengxin("ingest", ROOT / "sample_data", "--home", HOME)
    say("正在生成快照。", "Building the snapshot.")
    zhengxin("build", "--home", HOME)


def serve(port: int) -> int:
    """Serve the dashboard until it is interrupted."""
    command = [str(PYTHON), "-m", "pipelines.cli", "serve", "--port", str(port), "--home", str(HOME)]
    if os.name == "nt":
        return run(*command)
    os.chdir(str(ROOT))
    # This process becomes the server, so that a signal reaches it and nothing is left behind.
    os.execv(command[0], command)


# --- Checks and tests -----------------------------------------------------------------------------


def browser() -> "str | None":
    """Return the Chromium that browser tests would drive, if the machine has one."""
    named = os.environ.get("ZHENGXIN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser() -> None:
    """Install Chromium and Chinese fonts on Debian as root; elsewhere say what is skipped."""
    packages = [] if browser() else ["chromium"]
    debian = Path("/etc/debian_version").is_file() and shutil.which("apt-get") is not None
    if debian and run("dpkg-query", "-W", "fonts-noto-cjk", quiet=True) != 0:
        packages.append("fonts-noto-cjk")
    if packages and debian and os.geteuid() == 0:
        names = " ".join(packages)
        say(f"用 apt 安装浏览器测试所需的 {names}。", f"Installing {names} with apt for the browser tests.")
        quietly = {"DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-qq", env=quietly, quiet=True)
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=quietly, quiet=True)
    if not browser():
        say(
            "没有 Chromium:跳过浏览器测试(标记 e2e)。",
            "No Chromium: browser tests (marked e2e) are skipped.",
        )


def test(arguments: "list[str]") -> int:
    """Run the linters, the type checker and pytest; pytest's own summary line comes last."""
    ensure_browser()
    checks = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))
    for check in checks:
        say(" ".join(check), "")
        code = run(PYTHON, "-m", *check)
        if code:
            raise Stop(
                f"{check[0]} 未通过(见上),测试未运行。", f"{check[0]} failed (see above); no test was run."
            )
    say("pytest", "")
    return run(PYTHON, "-m", "pytest", *(arguments or WHOLE_SUITE))


def screenshots(arguments: "list[str]") -> int:
    """Take pictures of every page of the sample (tests/e2e/screenshots.py)."""
    ensure_browser()
    return run(PYTHON, ROOT / "tests" / "e2e" / "screenshots.py", *arguments)


# --- Arguments ------------------------------------------------------------------------------------


def main() -> int:
    """Run what the arguments ask for and return the exit code."""
    if sys.version_info < (3, 11):
        found = "{}.{}".format(*sys.version_info[:2])
        raise Stop(
            f"需要 Python 3.11 或更高版本,当前是 {found};请安装后用它运行 run.py。",
            f"Python 3.11 or later is needed, this is {found}; install one and run run.py with it.",
        )
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument(
        "command",
        nargs="?",
        choices=("start", "test", "screenshots", "bench"),
        default="start",
        help="default: start",
    )
    parser.add_argument("--port", type=int, default=PORT, help="port of the dashboard (default %(default)s)")
    parser.add_argument("--wheelhouse", type=Path, help="folder of wheels; installs without a network")
    options, rest = parser.parse_known_args()
    if rest and options.command == "start":
        parser.error("unrecognized arguments: " + " ".join(rest))
    install(options.wheelhouse and options.wheelhouse.resolve())
    if options.command == "test":
        return test(rest)
    if options.command == "screenshots":
        return screenshots(rest)
    if options.command == "bench":
        return run(PYTHON, "-m", "tests.bench", *rest)
    prepare()
    return serve(options.port)


if __name__ == "__main__":
    # Asked to end, end the program that is running too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main())
    except Stop as stop:
        say(*stop.args)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
