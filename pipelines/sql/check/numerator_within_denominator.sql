-- Shares outside 0 to 100 %: a numerator that is not part of its denominator. Exact ratios (debt) may be larger.
select
    indicator_value.region_id,
    indicator_value.window_kind,
    indicator_value.period,
    indicator_value.indicator_id,
    indicator_value.numerator,
    indicator_value.denominator
from mart.indicator_value as indicator_value
inner join ref.indicator as indicator on indicator_value.indicator_id = indicator.indicator_id
where
    indicator.unit_zh = '%'
    and indicator.model = 'BB'
    and (indicator_value.numerator < 0 or indicator_value.numerator > indicator_value.denominator)
