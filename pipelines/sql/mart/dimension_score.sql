-- Dimensions of the index: the weighted arithmetic mean of the indicators in each.
-- grain: region_id, window_kind, period, dimension
-- `weight` is the dimension's share of the index. Without values (or not applicable) for two thirds of its weight a
-- dimension is missing and has no score.
select
    score.region_id,
    score.window_kind,
    score.period,
    score.dimension,
    score.weight,
    score.score,
    score.available_share,
    score.state
from core.dimension_score as score
inner join run.period as made on score.period = made.period and made.published
