-- Months in which a unit's petitions came from a file without a column the indicator stands on.
-- grain: indicator_id, region_id, period
-- Such a month is missing for that indicator: leaving a column out must not pay.
select distinct
    provision.indicator_id,
    rollup.region_id,
    cell.row_month as period
from core.provision as provision
inner join cell.petition as cell on provision.batch = cell.batch and cell.measure = 'petition_volume'
inner join ref.rollup as rollup on cell.region_id = rollup.unit_id
where not provision.provided and cell.row_month is not null
