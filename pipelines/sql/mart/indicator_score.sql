-- Every scored indicator between its goalposts from 1 to 100, its weight, and what it costs the region.
-- grain: region_id, window_kind, period, indicator_id
-- `estimate` is the value drawn to what is usual for the region's type by how little its own cases say (ref.prior), `score`
-- goes by it and `raw_score` by the value itself. `score_state`: value, not_applicable (the prior mean stands for it), missing (due and not there: the lowest
-- score), left_out (of the whole level, see core.level_mean; no score). `weight` is the share in its dimension after what
-- is left out; `lost` is weight × (100 − score), in points of the dimension.
select
    score.region_id,
    score.window_kind,
    score.period,
    score.indicator_id,
    score.dimension,
    score.estimate,
    score.score,
    score.raw_score,
    score.score_state,
    round(score.weight, 9) as weight,
    score.lost
from core.indicator_score as score
inner join run.period as made on score.period = made.period and made.published
