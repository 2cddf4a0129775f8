-- Every measure of every unit and month: zero where the source reported and nothing happened, null where it did not report.
-- grain: region_id, period, measure
-- `absent` in the registry says which of the two an empty cell is. 机关单位 are counted only where failures were reported,
-- so that numerator and denominator of a larger region always cover the same units.
with counted as (
    select region_id, period, measure, amount from core.failure_flow
    union all
    select region_id, period, measure, amount from core.petition_flow
    union all
    select region_id, period, 'failure_weight', failure_weight from core.failure_stock
    union all
    select region_id, period, 'failure_weight_squares', failure_weight_squares from core.failure_stock
    union all
    select region_id, period, 'debtor_bodies', debtor_bodies from core.debtor_stock
    union all
    select region_id, period, 'debtor_entries', debtor_entries from core.debtor_stock
    union all
    select region_id, period, 'gov_bodies', gov_bodies from core.exposure_month
)
select
    coverage.unit_id as region_id,
    coverage.month as period,
    measure.measure,
    case
        when coverage.state = 'not_reported' then null
        when counted.amount is not null then cast(counted.amount as double)
        when measure.absent = 'zero' then 0.0
    end as value
from core.coverage as coverage
inner join ref.measure as measure on coverage.source = measure.source and measure.kind <> 'window'
left join counted
    on coverage.unit_id = counted.region_id
    and coverage.month = counted.period
    and measure.measure = counted.measure
