-- Counted measures that the registry does not declare: they would vanish from core.measure without a word.
with counted as (
    select measure from core.failure_flow
    union
    select measure from core.petition_flow
    union
    select measure from core.debt_measure
)
select counted.measure
from counted
left join ref.measure as measure on counted.measure = measure.measure
where measure.measure is null
