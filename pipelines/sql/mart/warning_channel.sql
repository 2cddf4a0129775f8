-- Every count tested by month: observed, expected, how unusual, or why it was not tested.
-- grain: region_id, period, channel
-- `lower` and `upper` hold the count where nothing is unusual (interval_pct of the method); `variance` is that of the
-- count about what is expected, `p_before` the p of the month before on what is on file now. `reason`: not_reported,
-- history_short (too few reported months before), sparse (too few cases in two months: p is held at the floor).
with reasoned as (
    select
        judged.*,
        case
            when judged.observed is null then 'not_reported'
            when judged.expected is null then 'history_short'
            when judged.sparse then 'sparse'
        end as reason
    from core.judged as judged
    where judged.channel <> 'joined'
)
select
    region_id,
    region_level,
    period,
    channel,
    observed,
    expected,
    variance,
    lower,
    upper,
    p_value,
    p_before,
    round(observed - expected, 9) as excess,
    reason is null as tested,
    reason,
    completeness,
    coalesce(explains, false) as explains,
    inflation,
    memory_inflation
from reasoned
