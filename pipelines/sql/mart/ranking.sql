-- The index and the rank of every prefecture and county within its level, with the same a year before.
-- grain: region_id, window_kind, period
-- Equal scores share the better place. Who lacks a required dimension is not ranked, and `missing_dimensions` names which;
-- too_few: the level has fewer units with an index than are ranked.
-- Changes are against the window 12 months earlier, by the same method and on the indicators scored now (see
-- core.year_ago_cell), so `year_ago_score` may differ from what that window's own ranking says. A positive
-- `rank_change` is a better place. `raw_index_score` and `raw_rank` are before shrinkage. How sure a place is says
-- mart.rank_interval.
select
    score.region_id,
    score.region_level,
    score.window_kind,
    score.period,
    score.index_score,
    score.rank,
    score.ranked_count,
    score.band,
    score.state,
    score.missing_dimensions,
    score.index_without_debt,
    score.rank_without_debt,
    raw.index_score as raw_index_score,
    raw.rank as raw_rank,
    year_ago.index_score as year_ago_score,
    year_ago.rank as year_ago_rank,
    round(score.index_score - year_ago.index_score, 9) as score_change,
    year_ago.rank - score.rank as rank_change
from core.index_score as score
inner join run.period as made on score.period = made.period and made.published
left join core.raw_index_score as raw
    on score.region_id = raw.region_id
    and score.window_kind = raw.window_kind
    and score.period = raw.period
left join core.year_ago_score as year_ago
    on score.region_id = year_ago.region_id
    and score.window_kind = year_ago.window_kind
    and score.period = year_ago.period
