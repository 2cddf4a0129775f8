-- Indicators that name a measure the registry does not declare.
select
    indicator.indicator_id,
    indicator.numerator,
    indicator.denominator
from ref.indicator as indicator
left join ref.measure as numerator on indicator.numerator = numerator.measure
left join ref.measure as denominator on indicator.denominator = denominator.measure
where numerator.measure is null or (indicator.denominator is not null and denominator.measure is null)
