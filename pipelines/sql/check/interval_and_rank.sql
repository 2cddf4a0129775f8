-- Places whose interval contradicts the ranking: another score or rank, bounds that cross, or a tier without the rank.
select
    ranking.region_id,
    ranking.index_score,
    ranking.rank,
    sure.index_score as interval_score,
    sure.rank_lower,
    sure.rank_upper,
    sure.tier_lower,
    sure.tier_upper
from mart.rank_interval as sure
inner join mart.ranking as ranking
    on sure.region_id = ranking.region_id
    and sure.window_kind = ranking.window_kind
    and sure.period = ranking.period
where
    coalesce(abs(sure.index_score - ranking.index_score), 0.0) > 0.000001
    or (sure.index_score is null) <> (ranking.index_score is null)
    or sure.rank <> ranking.rank
    or sure.lower > sure.upper
    or sure.rank_lower > sure.rank_upper
    or sure.rank < sure.tier_lower
    or sure.rank > sure.tier_upper
    or sure.rank < sure.own_lower
    or sure.rank > sure.own_upper
