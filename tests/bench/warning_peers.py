"""The warning model beside detectors of the field on the same simulated counts, and the bounds it keeps.

    python tests/bench/warning_peers.py weekly  --bench FOLDER [--seeds 0 1 2] [--repeats 20]
    python tests/bench/warning_peers.py monthly --bench FOLDER [--seeds 0 1 2 3 4 5] [--r-seeds 0 1] [--rough]
    python tests/bench/warning_peers.py alone   --bench FOLDER [--seeds 0 1 2 3 4 5]
    python tests/bench/warning_peers.py shocks  --bench FOLDER [--seeds 0 1 2 3 4 5]
    python tests/bench/warning_peers.py speed   --bench FOLDER

FOLDER holds the simulations and the peers (`warnbench.py`; farringtonFlexible needs Rscript with the package
surveillance). Run it with PYTHONPATH= of this repository in an environment of its own that has numpy, scipy,
pandas, polars, scikit-learn and pyod: none of the peers belongs to the product. Every line of the table is a
figure, what is asked of it, and whether it holds; one that does not ends with 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from models.warning import bench
from models.warning.config import MONTHLY
from models.warning.model import Judged, Memo, judge
from models.warning.verdict import Kinds, verdict

FARRINGTON, FALSE_ALARMS, BUDGET = "ff_R", 0.005, "budget=0.02"
LONE_PEERS, PANEL_PEERS = ("ecod", "iforest"), ("copod_feat", "ecod_feat", "iforest_feat")
ROUGH = {"ar_sd": 0.15, "hetero": 0.2, "nb2": True}
LOST, LEAST_CELLS, STEPS_AGAIN, SHOCKS_A_MONTH = 0.08, 2000, 6, 4


@dataclass(frozen=True)
class Line:
    """One figure and the bounds asked of it."""

    name: str
    value: float
    least: float = -np.inf
    most: float = np.inf

    @property
    def holds(self) -> bool:
        """Whether the figure keeps its bounds; none that is no number does."""
        return bool(self.least <= self.value <= self.most)

    def __str__(self) -> str:
        asked = " ".join(
            f"{sign} {bound:.4f}"
            for sign, bound in (("≥", self.least), ("≤", self.most))
            if np.isfinite(bound)
        )
        return f"{self.name:58} {self.value:9.4f}   {asked:22} {'holds' if self.holds else 'DOES NOT HOLD'}"


def score(result: dict[str, Any]) -> np.ndarray:
    """A detector's order: larger is more unusual."""
    return -np.log10(np.clip(result["p"], 1e-300, 1)) if "p" in result else result["score"]


def farrington(tool: ModuleType, counts: np.ndarray, period: int, test: np.ndarray) -> dict[str, np.ndarray]:
    """farringtonFlexible of R's surveillance with the settings of the bench; no p counts as 1."""
    more = {} if period == 52 else {"b": 3, "w": 1, "noper": 4, "past": 1}
    found = tool.run_r(counts, period, test, "nbPlugin", **more)
    return {"p": np.where(np.isnan(found["p"]), 1, found["p"]), "alarm": found["alarm"]}


def outbreak(data: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells of an outbreak, cells far from any, and the series that have one; the bench's own definition."""
    week = np.arange(data["cur"].shape[1])[np.newaxis]
    has = data["cur"].sum(axis=1) > 0
    last = np.where(has, week.size - 1 - np.argmax(data["cur"][:, ::-1] > 0, axis=1), data["start"])
    start = data["start"][:, np.newaxis]
    inside = (week >= start) & (week <= last[:, np.newaxis]) & has[:, np.newaxis]
    return inside, (week < start) | (week > last[:, np.newaxis] + 8) | ~has[:, np.newaxis], has


def seen(data: dict[str, Any], order: np.ndarray) -> np.ndarray:
    """Of every series with an outbreak whether it is seen at so many false alarms."""
    inside, quiet, has = outbreak(data)
    order = np.where(np.isfinite(order), order, -1e9)
    order = order + np.random.default_rng(1).uniform(0, 1e-9, order.shape) * np.maximum(1, np.abs(order))
    return ((order > np.quantile(order[quiet], 1 - FALSE_ALARMS)) & inside).any(axis=1)[has]


def weekly(tools: tuple[ModuleType, ...], seeds: list[int], repeats: int) -> Iterator[Line]:
    """Single weekly series: all scenarios of the bench."""
    tool, sims, detectors = tools
    found: dict[str, list[dict[str, Any]]] = {}
    detected: dict[str, list[np.ndarray]] = {}
    nominal: dict[int, list[np.ndarray]] = {}
    for seed in seeds:
        data = sims.simulate_noufaily(sims.dev_scenarios(), repeats, seed)
        results = {"ours": bench.series(data["Y"], 52, data["test"])}
        results[FARRINGTON] = farrington(tool, data["Y"], 52, data["test"])
        results |= {name: detectors.SERIES[name](data["Y"], 52, data["test"]) for name in LONE_PEERS}
        quiet = outbreak(data)[1]
        for scenario in np.unique(data["scen"]):
            own = data["scen"] == scenario
            nominal.setdefault(int(scenario), []).append(results["ours"]["alarm"][own][quiet[own]])
        for name, result in results.items():
            found.setdefault(name, []).append(tool.eval_noufaily(data, score(result), result["alarm"]))
            detected.setdefault(name, []).append(seen(data, score(result)))
    cells = {scenario: np.concatenate(parts) for scenario, parts in nominal.items()}
    pod = {name: float(np.mean(np.concatenate(parts))) for name, parts in detected.items()}
    apart = np.concatenate(detected["ours"]).astype(float) - np.concatenate(detected[FARRINGTON])
    bound = apart.mean() - 1.96 * apart.std(ddof=1) / np.sqrt(apart.size)

    def mean(name: str, *keys: str) -> float:
        return float(np.mean([_at(result, keys) for result in found[name]]))

    at = f"FPR={FALSE_ALARMS}"
    yield Line("seen at .5 % false alarms, over farringtonFlexible", pod["ours"] - pod[FARRINGTON], 0.03)
    yield Line("the same, lower 95 % bound of pairs", float(bound), np.nextafter(0, 1))
    yield Line(
        "the same, over the better of ECOD and IForest",
        pod["ours"] - max(pod[name] for name in LONE_PEERS),
        0.10,
    )
    yield Line(
        "first week, over farringtonFlexible", mean("ours", at, "wk1") - mean(FARRINGTON, at, "wk1"), -0.03
    )
    yield Line("average precision, ratio", mean("ours", "AP") / mean(FARRINGTON, "AP"), 1.25)
    yield Line("precision at a budget of 2 %", mean("ours", BUDGET, "precision"), 0.83)
    yield Line("nominal false alarms", float(np.mean(np.concatenate(list(cells.values())))), 0.0025, 0.006)
    large = [share.mean() for share in cells.values() if share.size >= LEAST_CELLS]
    yield Line("the same, worst scenario", float(max(large, default=np.nan)), most=0.0125)


def monthly(
    tools: tuple[ModuleType, ...], seeds: list[int], r_seeds: list[int], rough: bool
) -> Iterator[Line]:
    """Panels of counties, three sources; farringtonFlexible on some of the seeds, compared on these."""
    tool, sims, detectors = tools
    found: dict[str, dict[int, dict[str, Any]]] = {}
    discoveries = []
    for seed in sorted({*seeds, *r_seeds}):
        data = sims.simulate_panel(seed, **(ROUGH if rough else {}))
        results = {"ours": bench.panel(data)}
        discoveries.append(tool.bh_eval(data, results["ours"]["score"])[0])
        results |= {name: detectors.PANEL[name](data) for name in PANEL_PEERS}
        if seed in r_seeds:
            regions, sources, months = data["Y"].shape
            lone = farrington(tool, data["Y"].reshape(-1, months), 12, data["test"])
            least = lone["p"].reshape(regions, sources, -1).min(axis=1)
            alarm = lone["alarm"].reshape(regions, sources, -1).any(axis=1)
            results[FARRINGTON] = {"p": np.minimum(1, sources * least), "alarm": alarm}
        for name, result in results.items():
            judged = tool.eval_panel(data, score(result), result["alarm"])
            found.setdefault(name, {})[seed] = judged

    def mean(name: str, *keys: str, on: list[int] = seeds) -> float:
        return float(np.mean([_at(found[name][seed], keys) for seed in on]))

    def against(*keys: str) -> tuple[float, float]:
        return mean("ours", *keys, on=r_seeds), mean(FARRINGTON, *keys, on=r_seeds)

    ours, theirs = against("AP")
    yield Line("average precision, ratio to farringtonFlexible", ours / theirs, 1.4 if rough else 1.5)
    best = max(mean(name, "AP") for name in PANEL_PEERS)
    yield Line("the same, to the best of PyOD", mean("ours", "AP") / best, 1.25 if rough else 1.4)
    if rough:
        yield Line("nominal false alarms", mean("ours", "nominal", "FPR"), most=0.009)
        return
    ours, theirs = against(BUDGET, "POD")
    yield Line("seen at a budget of 2 %, over farringtonFlexible", ours - theirs, 0.08)
    ours, theirs = against(BUDGET, "precision")
    yield Line("precision at 2 %, ratio", ours / theirs, 1.5)
    ours, theirs = against(BUDGET, "delay_pen")
    yield Line("penalised delay, over farringtonFlexible", ours - theirs, most=0)
    yield Line("nominal false alarms", mean("ours", "nominal", "FPR"), 0.0015, 0.006)
    yield Line("seen by nominal alarms", mean("ours", "nominal", "POD"), 0.40)
    yield Line("realised false discovery at q = .10", float(np.mean(discoveries)), most=0.20)
    yield Line("ramps seen at 2 % (stretch)", mean("ours", BUDGET, "POD_ramp"), 0.35)
    yield Line("false discovery (stretch)", float(np.mean(discoveries)), most=0.12)


def alone(tools: tuple[ModuleType, ...], seeds: list[int]) -> Iterator[Line]:
    """What needs no peer: an empty panel, and reports that come late."""
    tool, sims, _ = tools
    shares = [bench.panel(sims.simulate_panel(seed, n_events=0))["alarm"].mean() for seed in seeds]
    yield Line("empty panel, false alarms", float(np.mean(shares)), 0.002, 0.006)
    full, late = [], []
    for seed in seeds:
        data = sims.simulate_panel(seed, delay=True)
        whole = bench.panel({key: value for key, value in data.items() if key != "asof"})
        full.append(tool.eval_panel(data, whole["score"], whole["alarm"]))
        then = bench.panel(data)
        late.append(tool.eval_panel(data, then["score"], then["alarm"] | tested_again(data)))

    def lost(*keys: str) -> float:
        return float(np.mean([_at(a, keys) - _at(b, keys) for a, b in zip(full, late, strict=True)]))

    yield Line("late reports, lost at a budget of 2 %", lost(BUDGET, "POD"), most=LOST)
    yield Line("the same, nominal alarms with months tested again", lost("nominal", "POD"), most=LOST)


def tested_again(data: dict[str, Any]) -> np.ndarray:
    """Alarms of every tested month in the months after it, on what was on file by then."""
    test = [int(t) for t in data["test"]]
    again = np.zeros((data["Y"].shape[0], len(test)), dtype=np.bool_)
    for at, month in enumerate(test):
        for later in test[at + 1 : at + 1 + STEPS_AGAIN]:
            known = data["asof"][later][:, :, : month + 1]
            again[:, at] |= bench.panel({**data, "asof": {month: known}, "test": [month]})["alarm"][:, 0]
    return again


def shocks(tools: tuple[ModuleType, ...], seeds: list[int]) -> Iterator[Line]:
    """After a shock of twenty standard deviations in an empty panel: next month drawn, and as expected."""
    sims = tools[1]
    plain, ordinary = [], []
    for seed in seeds:
        data = sims.simulate_panel(seed, n_events=0)
        counts = np.ascontiguousarray(data["Y"].astype(float).transpose(1, 0, 2))
        rng = np.random.default_rng([20, seed])
        for month in (int(t) for t in data["test"][4:-1:4]):
            own = counts.copy()
            regions = rng.choice(counts.shape[1], SHOCKS_A_MONTH, replace=False)
            for region in regions:
                source = int(rng.integers(counts.shape[0]))
                own[source, region, month] += round(20 * np.sqrt(data["mu"][region, source, month]))
            found = judge(own, month + 1, data["A"].astype(float), MONTHLY)
            plain += _levels(found, data["A"]).take(regions).tolist()
            for region in regions:
                # Every source of the region as close to what is expected as whole cases can be, not above it.
                own[:, region, month + 1] = [np.floor(source.mean[region]) for source in found.sources]
            ordinary += (
                _levels(judge(own, month + 1, data["A"].astype(float), MONTHLY), data["A"])
                .take(regions)
                .tolist()
            )
    level = np.array(plain)
    yield Line("shocks", level.size, 120)
    for grave, most in ((4, 0.12), (3, 0.08), (2, 0.03)):
        yield Line(f"the month after, level {grave} or graver", float((level <= grave).mean()), most=most)
    yield Line("the month after at its expectation, raised", float((np.array(ordinary) < 5).mean()), most=0)


def speed(tools: tuple[ModuleType, ...]) -> Iterator[Line]:
    """CPU seconds of 2,850 regions and three sources: a month whose back-test is there, and one without."""
    data = tools[1].simulate_panel(7, R=2850, n_events=0)
    counts = np.ascontiguousarray(data["Y"].astype(float).transpose(1, 0, 2))
    touch, last = data["A"].astype(float), counts.shape[2] - 1
    memo: Memo = {}
    start = time.process_time()
    judge(counts, last - 1, touch, MONTHLY, memo)
    whole = time.process_time() - start
    start = time.process_time()
    judge(counts, last, touch, MONTHLY, memo)
    yield Line("a month, CPU seconds", time.process_time() - start, most=1)
    yield Line("a month and its back-test, CPU seconds", whole, most=10)


def _levels(judged: Judged, touch: np.ndarray) -> np.ndarray:
    sources = len(judged.sources)
    kinds = Kinds(np.arange(sources), np.zeros(sources, dtype=np.bool_))
    firm = np.zeros(sources, dtype=np.bool_)
    return verdict(judged, touch.astype(float), kinds, firm, MONTHLY).level


def _at(figures: dict[str, Any], keys: tuple[str, ...]) -> float:
    for key in keys:
        figures = figures[key]
    return float(figures)  # type: ignore[arg-type]


def main() -> int:
    """Print every line of one part; 1 if a line does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("weekly", "monthly", "alone", "shocks", "speed"))
    parser.add_argument("--bench", type=Path, required=True, help="folder of warnbench.py")
    parser.add_argument("--seeds", type=int, nargs="+")
    parser.add_argument("--r-seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--rough", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("WARNBENCH_CACHE", str(Path.cwd() / "warnbench-cache"))
    sys.path.insert(0, str(given.bench))
    import detectors
    import sims
    import warnbench

    tools = (warnbench, sims, detectors)
    seeds = given.seeds or list(range(3 if given.part == "weekly" else 6))
    parts = {
        "weekly": lambda: weekly(tools, seeds, given.repeats),
        "monthly": lambda: monthly(tools, seeds, given.r_seeds, given.rough),
        "alone": lambda: alone(tools, seeds),
        "shocks": lambda: shocks(tools, seeds),
        "speed": lambda: speed(tools),
    }
    lines = list(parts[given.part]())
    print(*lines, sep="\n")
    return 0 if all(line.holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
