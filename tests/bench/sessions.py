"""Many readers at once: `python tests/bench/sessions.py HOME [--sessions 50] [--every 5] [--areas 145]`.

HOME is a workspace with a snapshot, served for the time of the measurement. A session is a websocket client
that speaks the protocol of Streamlit's own browser part (no browsers): it opens a page and then, once in
`--every` seconds, follows a link to another page, window, area or language. Printed: reruns, errors, and how
long a rerun took from the click to the end of the script's messages. With all areas nearly every view is seen
for the first time; with `--areas 12` all look at the same dozen. A measurement, not a test.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
# The rerun that opens a page; what a reader waits for then is measured apart.
OPENING = "opening"
LANGUAGES, WINDOWS = ("", "en"), ("", "r2025-09", "r2025-06", "r2024-12")
DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


@dataclass
class Seen:
    """What all sessions saw: seconds of every rerun by kind, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {OPENING: [], "rerun": []})
    errors: list[str] = field(default_factory=list)


class Session:
    """One reader: a websocket, the pages it was told of, and the messages it keeps as a browser does."""

    def __init__(self, socket: websockets.ClientConnection, seen: Seen) -> None:
        self.socket, self.seen = socket, seen
        self.pages: dict[str, str] = {}
        self.kept: set[str] = set()

    async def rerun(self, page: str, query: dict[str, str], kind: str) -> None:
        """Ask for a run and take in its messages until the script has ended."""
        asked = BackMsg()
        asked.rerun_script.query_string = urlencode({key: value for key, value in query.items() if value})
        asked.rerun_script.page_script_hash = self.pages.get(page, "")
        asked.rerun_script.cached_message_hashes.extend(self.kept)
        began = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), 30))
            self._note(message, f"{page}?{asked.rerun_script.query_string}")
            if message.WhichOneof("type") == "script_finished" and message.script_finished in DONE:
                break
        self.seen.seconds[kind].append(time.perf_counter() - began)

    def _note(self, message: ForwardMsg, where: str) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self.kept.add(message.hash)
        if kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception" or 'class="zx-error' in element.html.body:
                self.seen.errors.append(f"{where}: {element.exception.message or 'error block'}")
        elif kind == "script_finished" and message.script_finished == DONE[1]:
            self.seen.errors.append(f"{where}: the script could not be compiled")
        elif kind == "page_not_found":
            self.seen.errors.append(f"{where}: page not found")


async def reader(address: str, number: int, seen: Seen, end: float, every: float, areas: list[str]) -> None:
    """One session from its opening to the end."""
    draw = random.Random(number)
    await asyncio.sleep(draw.uniform(0, every))
    url = address.replace("http", "ws") + "/_stcore/stream"
    try:
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket:
            session = Session(socket, seen)
            await session.rerun("", {}, OPENING)
            while time.monotonic() < end:
                await asyncio.sleep(draw.uniform(0.5 * every, 1.5 * every))
                query = {"lang": draw.choice(LANGUAGES), "p": draw.choice(WINDOWS), "a": draw.choice(areas)}
                await session.rerun(draw.choice(sorted(session.pages)), query, "rerun")
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        seen.errors.append(f"session {number}: {type(error).__name__} {error}")


async def measured(address: str, sessions: int, seconds: float, every: float, areas: list[str]) -> Seen:
    """Run all sessions for so long; what they saw."""
    seen, end = Seen(), time.monotonic() + seconds
    await asyncio.gather(*(reader(address, n, seen, end, every, areas) for n in range(sessions)))
    return seen


def main() -> int:
    """Measure and print; 1 when any session met an error."""
    from pipelines.api import open_snapshot
    from tests.browser import serving

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--areas", type=int, default=145)
    asked = parser.parse_args()
    regions = open_snapshot(asked.home).frame("ref.region")
    areas = [
        row["region_id"]
        for row in regions.iter_rows(named=True)
        if row["region_level"] in ("prefecture", "county")
    ]
    areas = random.Random(0).sample(areas, min(asked.areas, len(areas)))
    with serving(asked.home) as address:
        seen = asyncio.run(measured(address, asked.sessions, asked.seconds, asked.every, areas))
    for kind, times in seen.seconds.items():
        if len(times) < 2:
            continue
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"{kind}: {len(times)}, median {1000 * statistics.median(times):.0f} ms, "
            f"p95 {1000 * p95:.0f} ms, largest {1000 * max(times):.0f} ms"
        )
    print(f"{len(seen.errors)} errors")
    print("\n".join(sorted(set(seen.errors))[:20]))
    return bool(seen.errors)


if __name__ == "__main__":
    sys.exit(main())
