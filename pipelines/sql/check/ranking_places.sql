-- Places that are not one more than the number of better scores of the level, or given to who is not ranked.
with placed as (
    select
        region_id,
        region_level,
        window_kind,
        period,
        index_score,
        rank,
        state,
        rank() over (
            partition by region_level, window_kind, period
            order by index_score desc nulls last
        ) as place
    from mart.ranking
)
select
    region_id,
    region_level,
    window_kind,
    period,
    index_score,
    rank,
    state
from placed
where
    (state = 'ranked') <> (index_score is not null)
    or (state = 'ranked') <> (rank is not null)
    or (rank is not null and rank <> place)
