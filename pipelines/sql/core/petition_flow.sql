-- Petition counts by unit and month, from the cells of every month of the store.
-- grain: region_id, period, measure
-- A count enters only where the file its cases came from gave the columns of an indicator that uses it.
with used as (
    select indicator_id, numerator as measure from ref.indicator
    union
    select indicator_id, denominator from ref.indicator where denominator is not null
),
given as (
    select distinct
        used.measure,
        provision.batch
    from used
    inner join core.provision as provision on used.indicator_id = provision.indicator_id
    where provision.provided
)
select
    cell.region_id,
    cell.period,
    cell.measure,
    sum(cell.amount) as amount
from cell.petition as cell
inner join given on cell.measure = given.measure and cell.batch = given.batch
where cell.period is not null
group by cell.region_id, cell.period, cell.measure
