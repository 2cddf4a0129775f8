-- Windows in which a region does not have exactly one row per indicator.
with expected as (
    select count(*) as indicators from ref.indicator
)
select
    indicator_value.region_id,
    indicator_value.window_kind,
    indicator_value.period,
    count(*) as found
from mart.indicator_value as indicator_value
cross join expected
group by indicator_value.region_id, indicator_value.window_kind, indicator_value.period, expected.indicators
having count(*) <> expected.indicators
