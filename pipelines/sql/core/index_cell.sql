-- What the index is made from: every scored indicator of every prefecture and county in 12 rolling months and in whole years.
-- grain: region_id, window_kind, period, indicator_id
-- `prior_group` and `prior_year` say which prior holds (ref.prior): a window's year is that of its last month. `left_out` is
-- of the whole level (core.level_mean).
select
    cell.region_id,
    cell.region_level,
    cell.window_kind,
    cell.period,
    cell.indicator_id,
    cell.status,
    cell.value,
    cell.numerator,
    cell.denominator,
    prior_group.prior_group,
    cast(extract(year from cell.period) as integer) as prior_year,
    level_mean.left_out
from core.indicator_cell as cell
inner join core.level_mean as level_mean
    on cell.region_level = level_mean.region_level
    and cell.window_kind = level_mean.window_kind
    and cell.period = level_mean.period
    and cell.indicator_id = level_mean.indicator_id
inner join ref.region as region on cell.region_id = region.region_id
inner join ref.prior_group as prior_group on region.type = prior_group.type
