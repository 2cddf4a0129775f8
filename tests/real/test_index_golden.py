"""Published indices from their inputs: HDI, ASEM, empirical Bayes of North Carolina, ranks of PISA.

Each result is printed with the sha256 of its rounded CSV (`pytest -s`); what is publicly known is compared.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.index import Method, composite, rank_min, rank_tiers, shrink_binomial, shrink_poisson

pytestmark = pytest.mark.shared

HDI = Method.of(
    [
        {"name": "hdi", "mean": "geometric"},
        {"name": "health", "parent": "hdi"},
        {"name": "education", "parent": "hdi"},
        {"name": "income", "parent": "hdi"},
        {"name": "le", "parent": "health", "knots": ((20, 0), (85, 1))},
        {"name": "eys", "parent": "education", "knots": ((0, 0), (18, 1))},
        {"name": "mys", "parent": "education", "knots": ((0, 0), (15, 1))},
        {"name": "gnipc", "parent": "income", "knots": ((100, 0), (75_000, 1)), "log": True},
    ]
)


@pytest.fixture
def golden(shared_dir: Path) -> Path:
    return shared_dir / "golden"


def show(name: str, result: pl.DataFrame) -> None:
    """Print what a result is known by: its checksum and its first rows."""
    text = result.write_csv(line_terminator="\n")
    print(f"\n{name} sha256 {hashlib.sha256(text.encode()).hexdigest()}")
    print("\n".join(text.splitlines()[:6]))


def fixed(values: np.ndarray | pl.Series, digits: int) -> pl.Series:
    return pl.Series([f"{value:.{digits}f}" for value in values])


def test_human_development_index(golden: Path) -> None:
    frame = pl.read_csv(golden / "hdi_inputs.csv", infer_schema_length=None)
    found = composite(frame, HDI)
    show("hdi", found.select("iso3", "year", fixed(found["hdi"], 3).alias("hdi")))
    latest = found.filter(year=2022)
    of = dict(latest.select("iso3", pl.col("hdi").round(3)).iter_rows())
    # Human Development Report 2023/24, table 1.
    published = {
        "CHE": 0.967,
        "NOR": 0.966,
        "ISL": 0.959,
        "USA": 0.927,
        "CHN": 0.788,
        "IND": 0.644,
        "SOM": 0.380,
    }
    assert {name: of[name] for name in published} == published
    assert latest.sort("hdi", descending=True)["iso3"].head(3).to_list() == ["CHE", "NOR", "ISL"]


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic"])
def test_asem(golden: Path, mean: str) -> None:
    frame = pl.read_csv(golden / "asem_normalised_inputs.csv", infer_schema_length=None)
    meta = pl.read_csv(golden / "asem_meta.csv", infer_schema=False)
    nodes = [
        {"name": name, "parent": parent or None, "weight": float(weight)}
        for name, parent, weight in meta.filter(pl.col("Type") != "Group", pl.col("Type") != "Denominator")
        .select("iCode", "Parent", "Weight")
        .iter_rows()
    ]
    found = composite(frame, Method.of(nodes).with_mean(mean))
    rank = pl.Series("rank", rank_min(found["Index"])).cast(pl.Int64)
    rounded = found.with_columns(fixed(found[name], 6).alias(name) for name in found.columns[1:])
    show(f"asem {mean}", rounded.with_columns(rank).sort("uCode"))
    # A zero anywhere makes the other two means zero: many share a place.
    assert found.shape == (51, 1 + 11)
    assert rank.to_list() == found["Index"].rank("min", descending=True).to_list()
    if mean == "arithmetic":
        # The package's documentation shows the best of its example to two digits.
        best = found.sort("Index", descending=True).head(5)
        published = [68.38, 64.82, 64.80, 64.47, 63.54]
        assert best["uCode"].to_list() == ["CHE", "NLD", "DNK", "NOR", "BEL"]
        assert best["Index"].round(2).to_list() == published


def test_empirical_bayes_of_the_counties(golden: Path) -> None:
    frame = pl.read_csv(golden / "sids74_inputs.csv")
    cases, births = frame["cases"].to_numpy(), frame["births"].to_numpy()
    poisson, binomial = shrink_poisson(cases, births), shrink_binomial(cases, births)
    digits = 9
    result = frame.select("id", "name").with_columns(
        fixed(cases / births, digits).alias("raw"),
        fixed(poisson.estimate, digits).alias("poisson"),
        fixed(binomial.estimate, digits).alias("binomial"),
    )
    show("sids74", result)
    # 667 cases among 329,962 births; the prior is Gamma(b²/a, b/a) and weighs like 2,628 births.
    assert poisson.centre[0] == pytest.approx(667 / 329_962)
    assert (poisson.second - births)[0] == pytest.approx(2627.66, abs=0.01)
    assert (binomial.first + binomial.second - births)[0] == pytest.approx(2616.35, abs=0.01)
    assert np.abs(poisson.estimate - binomial.estimate).max() < 2e-5


def test_ranks_of_pisa(golden: Path) -> None:
    frame = pl.read_csv(golden / "pisa2018_inputs.csv")
    found = rank_tiers(frame["score"], frame["se"], 0.95, 1)
    columns = {"lower": found.lower, "rank": found.rank, "upper": found.upper}
    joint = {"all_lower": found.simultaneous_lower, "all_upper": found.simultaneous_upper}
    result = frame.select("jur").with_columns(pl.Series(k, v).cast(pl.Int64) for k, v in columns.items())
    show("pisa2018 marginal", result.sort("jur"))
    both = result.with_columns(pl.Series(k, v).cast(pl.Int64) for k, v in joint.items())
    show("pisa2018 both", both.sort("jur"))
    best = both.sort("rank").head(3)
    assert best["jur"].to_list() == ["Japan", "Korea", "Estonia"]
    assert best["lower"].to_list() == [1, 1, 1] and both.sort("rank")["upper"][-1] == 37
    assert (both["all_lower"] <= both["lower"]).all() and (both["upper"] <= both["all_upper"]).all()
