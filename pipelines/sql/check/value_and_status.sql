-- Rows whose value and status contradict each other: missing with a value, or a value without one.
select
    region_id,
    window_kind,
    period,
    indicator_id,
    status,
    value,
    missing_reason
from mart.indicator_value
where
    (status = 'value') <> (value is not null)
    or (status = 'missing') <> (missing_reason is not null)
