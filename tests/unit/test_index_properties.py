"""What the method promises (section 5): hiding, delaying and withholding never pay, with priors frozen.

A small world in days: failures of one region become counts as method section 4 says, counts become
posterior means, these the index of the method file. The rest of the region's figures is drawn and held. The
other promises are held where their functions are: adding a region (shrink, tree), the same bytes (draws,
tiers, sensitivity), ranks inside tiers (tiers).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from models.index import Prior, composite, registered, shrink_binomial, shrink_poisson
from pipelines import registry

CORE = registered(registry.indicators(), registry.dimensions(), registry.index_parameters())
MONTH, YEAR, STOCK_MONTHS, ENTRY_DAYS = 30, 360, 36, 30
RATES = {None: Prior(mean=3.0, between=2.0, strength=1.5)}
SHARES = {None: Prior(mean=0.8, between=0.02, strength=7.0)}
SCALE = 1.8  # Σw²/Σw of the calibration, frozen like the priors
SOME = settings(max_examples=60, deadline=None)


@dataclass(frozen=True)
class Failure:
    """Days are counted from any day; None is never."""

    recognised: int
    entered: int
    severity: int
    due: int
    filed: int | None = None
    rectified: int | None = None
    revoked: bool = False

    def weight(self, end: int) -> float:
        age = (end - self.entered) // MONTH
        if age >= STOCK_MONTHS:
            return 0.0
        done = self.rectified is not None and self.rectified <= end
        late = done and self.rectified > self.due
        return self.severity * (1.0 if not done else 0.75 if late else 0.5) * 0.5 ** (age / 12)


@dataclass(frozen=True)
class Region:
    """Failures, government bodies in hundreds, and the values of every other indicator."""

    failures: tuple[Failure, ...]
    hundreds: float
    others: dict[str, float]

    def values(self, end: int) -> dict[str, float]:
        """The value of every indicator as known on the last day of a window."""
        known = [f for f in self.failures if f.entered <= end and not f.revoked]
        due = [f for f in known if end - YEAR < f.due <= end]
        entered = [f for f in known if end - YEAR < f.entered]
        counted = {
            "reason_on_time": (due, lambda f: f.filed is not None and f.filed <= f.due),
            "rectified_on_time": (due, lambda f: f.rectified is not None and f.rectified <= f.due),
            "entry_on_time": (entered, lambda f: f.entered <= f.recognised + ENTRY_DAYS),
        }
        total = sum(f.weight(end) for f in known)
        rate = shrink_poisson([total / SCALE], [self.hundreds / SCALE], priors=RATES).estimate
        found = {**self.others, "failure_rate": float(rate[0])}
        for name, (cases, on_time) in counted.items():
            share = shrink_binomial([sum(map(on_time, cases))], [len(cases)], priors=SHARES).scaled(100)
            found[name] = float(share.estimate[0])
        return found

    def index(self, end: int, withheld: frozenset[str] = frozenset()) -> float | None:
        """The index beside a region that reports everything, without what is withheld."""
        own = self.values(end)
        shown = {name: None if name in withheld else value for name, value in own.items()}
        return composite(pl.DataFrame([shown, own]), CORE)["index"][0]


DAYS = st.integers(0, 5 * YEAR)
SPAN = st.one_of(st.none(), st.integers(0, 200))
LEAVES = [leaf.name for leaf in CORE.leaves]


@st.composite
def failures(draw: st.DrawFn) -> Failure:
    """Any failure: entered on time or late, its duties done before, on or after the day, or never."""
    recognised, filed, rectified = draw(DAYS), draw(SPAN), draw(SPAN)
    return Failure(
        recognised,
        recognised + draw(st.integers(0, 400)),
        draw(st.sampled_from([1, 2, 4])),
        recognised + draw(st.integers(10, 120)),
        None if filed is None else recognised + filed,
        None if rectified is None else recognised + rectified,
    )


@st.composite
def regions(draw: st.DrawFn) -> Region:
    """Up to six failures, and values of the other indicators between and beyond their goalposts."""
    others = {}
    for leaf in CORE.leaves:
        posts = [at for at, _ in leaf.knots]
        others[leaf.name] = draw(st.floats(min(posts), max(posts) * 1.1))
    return Region(tuple(draw(st.lists(failures(), max_size=6))), draw(st.floats(0.2, 5)), others)


def with_one_more(region: Region, more: Failure) -> Region:
    return replace(region, failures=(*region.failures, more))


def on_time(failure: Failure) -> Failure:
    return replace(failure, entered=min(failure.entered, failure.recognised + ENTRY_DAYS))


@SOME
@given(regions(), failures(), DAYS)
def test_one_more_open_failure_never_raises_the_index(region: Region, more: Failure, end: int) -> None:
    late = max(more.entered, more.recognised + ENTRY_DAYS + 1)
    nothing_done = replace(more, entered=late, filed=None, rectified=None)
    assert with_one_more(region, nothing_done).index(end) <= region.index(end)


@SOME
@given(regions(), failures(), DAYS)
def test_revoking_a_record_restores_the_earlier_state(region: Region, more: Failure, end: int) -> None:
    revoked = with_one_more(region, replace(more, revoked=True))
    assert revoked.values(end) == region.values(end) and revoked.index(end) == region.index(end)


@SOME
@given(regions(), failures(), st.integers(1, 40), st.integers(0, 4 * YEAR))
def test_delay_never_pays_at_any_window_after_the_late_entry(
    region: Region, record: Failure, months: int, later: int
) -> None:
    punctual = on_time(record)
    # As many months later, and so much later that it is late: 30 days within a month are no delay.
    entered = max(punctual.entered + months * MONTH, record.recognised + ENTRY_DAYS + 1)
    delayed = replace(punctual, entered=entered)
    end = entered + later
    assert with_one_more(region, delayed).index(end) <= with_one_more(region, punctual).index(end)


@SOME
@given(regions(), failures(), st.integers(ENTRY_DAYS + 1, 3 * YEAR), st.integers(0, 3 * YEAR))
def test_a_hidden_record_that_comes_to_light_counts_as_a_late_one(
    region: Region, record: Failure, hidden: int, later: int
) -> None:
    """Until then the region is as without it; after it no better than had it been entered on time."""
    found = replace(record, entered=record.recognised + hidden)
    exposed = with_one_more(region, found)
    assert exposed.index(found.entered - 1) == region.index(found.entered - 1)
    end = found.entered + later
    assert exposed.index(end) <= with_one_more(region, on_time(record)).index(end)


@SOME
@given(regions(), DAYS, st.frozensets(st.sampled_from(LEAVES), min_size=1))
def test_withholding_never_pays(region: Region, end: int, withheld: frozenset[str]) -> None:
    index = region.index(end, withheld)
    assert index is None or index <= region.index(end)


@SOME
@given(regions(), DAYS)
def test_withholding_a_whole_dimension_leaves_no_index(region: Region, end: int) -> None:
    debt = frozenset(leaf.name for leaf in CORE.leaves if leaf.parent == "debt")
    assert debt and region.index(end, debt) is None
