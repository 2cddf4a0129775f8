"""The index: how regions are scored, ranked and compared, and how sure that is.

The road of the build: `priors` say once a year what is usual, `estimate` draws small numbers to it (`shrink`,
`posterior`), `normalise` and `score` bring estimates between goalposts, `aggregate` and `composite` make one
index, `rank` gives places. How sure that is: `interval` (`draws`, `tiers` and `trend` over `tree`, the index
at any depth), beside it `guards`, `peers` and `improve`; `sensitivity` and `sobol` tell what the method
decides.
Weights, goalposts and limits come in as a configuration; what has a default is method section 5's.
Pure: the same values, configuration and seed give the same bytes.
"""

# Some functions are named as their module: all modules are imported here, so that none takes the name later.
from models.index.aggregate import aggregate
from models.index.composite import dimension_scores, index_from_cells, index_scores
from models.index.draws import RankDraws, rank_draws
from models.index.estimate import estimates
from models.index.guards import improbable_zeros
from models.index.improve import improvements
from models.index.interval import certainty, level_certainty
from models.index.normalise import normalise
from models.index.peers import nearest_peers
from models.index.posterior import Posterior, exact
from models.index.priors import calibrate
from models.index.rank import rank_min
from models.index.score import score_indicators
from models.index.sensitivity import Ranges, Sensitivity, sensitivity
from models.index.shrink import (
    Limits,
    Prior,
    priors_binomial,
    priors_poisson,
    shrink_binomial,
    shrink_poisson,
)
from models.index.tiers import PairTest, Tiers, pair_test, rank_tiers, tier_numbers
from models.index.tree import Method, Node, composite, registered
from models.index.trend import Trend, reliability, trend

__all__ = [
    "Limits",
    "Method",
    "Node",
    "PairTest",
    "Posterior",
    "Prior",
    "Ranges",
    "RankDraws",
    "Sensitivity",
    "Tiers",
    "Trend",
    "aggregate",
    "calibrate",
    "certainty",
    "composite",
    "dimension_scores",
    "estimates",
    "exact",
    "improbable_zeros",
    "improvements",
    "index_from_cells",
    "index_scores",
    "level_certainty",
    "nearest_peers",
    "normalise",
    "pair_test",
    "priors_binomial",
    "priors_poisson",
    "rank_draws",
    "rank_min",
    "rank_tiers",
    "registered",
    "reliability",
    "score_indicators",
    "sensitivity",
    "shrink_binomial",
    "shrink_poisson",
    "tier_numbers",
    "trend",
]
