-- Percentages outside 0 to 100: a numerator that is not part of its denominator.
select
    region_id,
    window_kind,
    period,
    indicator_value.indicator_id,
    numerator,
    denominator
from mart.indicator_value as indicator_value
inner join ref.indicator as indicator on indicator_value.indicator_id = indicator.indicator_id
where indicator.unit_zh = '%' and (numerator < 0 or numerator > denominator)
