-- How many units of a region have no 机关单位 on file in a month: one is enough to leave its rates without a denominator.
-- grain: region_id, period
-- Counties and 本级 must have them; a 功能区 may have none of its own.
select
    rollup.region_id,
    month.month as period,
    cast(sum(case when exposure.gov_bodies is null then 1 else 0 end) as integer) as units_without_bodies
from ref.region as unit
cross join run.month as month
inner join ref.rollup as rollup on unit.region_id = rollup.unit_id
left join core.exposure_month as exposure
    on unit.region_id = exposure.region_id
    and month.month = exposure.period
where unit.region_level in ('county', 'own')
group by rollup.region_id, month.month
