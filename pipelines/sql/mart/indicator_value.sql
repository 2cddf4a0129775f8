-- Every indicator of every region and window, with 同比 and 环比: a value, not applicable, or missing and why.
-- grain: region_id, window_kind, period, indicator_id
-- What each state means is told in core.indicator_cell. Changes are differences in the indicator's own unit and exist
-- only between two values.
select
    cell.region_id,
    cell.region_level,
    cell.window_kind,
    cell.period,
    cell.indicator_id,
    cell.numerator,
    cell.denominator,
    cell.value,
    cell.partial_value,
    cell.status,
    cell.missing_reason,
    cell.months_due,
    cell.months_missing,
    cell.provisional,
    previous.value as previous_value,
    year_ago.value as year_ago_value,
    round(cell.value - previous.value, 9) as change_previous,
    round(cell.value - year_ago.value, 9) as change_year_ago
from core.indicator_cell as cell
inner join run.period as made on cell.period = made.period and made.published
left join core.indicator_cell as previous
    on cell.region_id = previous.region_id
    and cell.window_kind = previous.window_kind
    and cell.indicator_id = previous.indicator_id
    and cell.previous_period = previous.period
left join core.indicator_cell as year_ago
    on cell.region_id = year_ago.region_id
    and cell.window_kind = year_ago.window_kind
    and cell.indicator_id = year_ago.indicator_id
    and cell.year_ago_period = year_ago.period
