-- How sure the places of the latest 12 months are: intervals of index and rank, ranks a list allows, and the trend.
-- grain: region_id
-- `lower` to `upper` and `rank_lower` to `rank_upper` are the interval of the index of true rates, from draws (method
-- file, [uncertainty]). `tier_lower` to `tier_upper` (梯队) are the ranks left when every pair is tested at once, `own_…`
-- those of one region looked up by itself; `tier` counts 梯队: 1 where nobody is surely better, else one more than the last
-- of those who are. `trend`: improved, worsened, steady, unknown; against the 12 months before.
select
    certainty.region_id,
    certainty.region_level,
    'r12' as window_kind,
    certainty.period,
    certainty.score as index_score,
    certainty.standard_error,
    certainty.lower,
    certainty.upper,
    certainty.rank,
    certainty.rank_lower,
    certainty.rank_upper,
    certainty.tier_lower,
    certainty.tier_upper,
    certainty.tier,
    certainty.own_lower,
    certainty.own_upper,
    certainty.better_probability,
    certainty.trend
from core.certainty as certainty
where certainty.node = 'index'
