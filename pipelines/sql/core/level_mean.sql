-- The pooled mean of every scored indicator over the units of a level in a window, and whether the index leaves it out.
-- grain: region_level, window_kind, period, indicator_id
-- Pooled: summed numerators by summed denominators of the units that reported. `left_out` says why nobody of the level is
-- scored on it: not_due (the last day to report has not passed and someone has not reported yet, so that waiting for
-- that day pays nobody), not_reported (no unit has it), no_prior (no year-end says what is usual).
with pooled as (
    select
        cell.region_level,
        cell.window_kind,
        cell.period,
        cell.indicator_id,
        sum(case when cell.status <> 'missing' then 1 else 0 end) as units_reported,
        sum(case when cell.missing_reason = 'not_due' then 1 else 0 end) as units_not_due,
        round(
            sum(case when cell.status <> 'missing' then cell.numerator end)
            / nullif(sum(case when cell.status <> 'missing' then cell.denominator end), 0.0)
            * max(indicator.scale),
            9
        ) as pooled_mean
    from core.indicator_cell as cell
    inner join ref.indicator as indicator
        on cell.indicator_id = indicator.indicator_id
        and indicator.scored
    where
        cell.window_kind in ('r12', 'year')
        and cell.region_level in ('prefecture', 'county')
    group by cell.region_level, cell.window_kind, cell.period, cell.indicator_id
)
select
    pooled.region_level,
    pooled.window_kind,
    pooled.period,
    pooled.indicator_id,
    cast(pooled.units_reported as integer) as units_reported,
    pooled.pooled_mean,
    case
        when pooled.units_not_due > 0 then 'not_due'
        when pooled.units_reported = 0 then 'not_reported'
        when prior.mean is null then 'no_prior'
    end as left_out
from pooled
left join ref.prior as prior
    on pooled.region_level = prior.region_level
    and pooled.indicator_id = prior.indicator_id
    and prior.prior_group = 'all'
    and cast(extract(year from pooled.period) as integer) = prior.year
