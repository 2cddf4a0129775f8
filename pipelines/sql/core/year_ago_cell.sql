-- The cells of the windows a year before, under the period they are compared with and with what is left out now left out.
-- grain: region_id, window_kind, period, indicator_id
-- Both windows go by the priors of the later one's year. A change must not come from an indicator that only one of the two windows has. So the earlier window is scored anew on
-- what is scored now; where that was left out then, the two windows cannot be compared and there is no row.
with pair as (
    select
        now.region_level,
        now.window_kind,
        now.period,
        now.indicator_id,
        now.left_out,
        earlier.period as year_ago_period,
        max(case when now.left_out is null and earlier.left_out is not null then 1 else 0 end) over (
            partition by now.region_level, now.window_kind, now.period
        ) as lacking
    from core.level_mean as now
    inner join run.period as made on now.period = made.period and made.published
    inner join core.level_mean as earlier
        on now.region_level = earlier.region_level
        and now.window_kind = earlier.window_kind
        and now.indicator_id = earlier.indicator_id
        and cast(now.period - interval '12 months' as date) = earlier.period
)
select
    earlier.region_id,
    earlier.region_level,
    earlier.window_kind,
    pair.period,
    earlier.indicator_id,
    earlier.status,
    earlier.value,
    earlier.numerator,
    earlier.denominator,
    earlier.prior_group,
    cast(extract(year from pair.period) as integer) as prior_year,
    pair.left_out
from pair
inner join core.index_cell as earlier
    on pair.region_level = earlier.region_level
    and pair.window_kind = earlier.window_kind
    and pair.indicator_id = earlier.indicator_id
    and pair.year_ago_period = earlier.period
where pair.lacking = 0
