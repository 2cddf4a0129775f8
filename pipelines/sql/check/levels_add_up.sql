-- Prefectures whose measure is not the sum of their counties, own level and zones.
with parts as (
    select
        region.parent_id as region_id,
        unit_measure.measure,
        unit_measure.period,
        sum(unit_measure.value) as value
    from core.measure as unit_measure
    inner join ref.region as region on unit_measure.region_id = region.region_id
    group by region.parent_id, unit_measure.measure, unit_measure.period
)
select
    parts.region_id,
    parts.measure,
    parts.period,
    parts.value as parts_value,
    whole.value as region_value
from parts
inner join ref.region as region on parts.region_id = region.region_id and region.region_level = 'prefecture'
inner join core.region_measure as whole
    on parts.region_id = whole.region_id
    and parts.measure = whole.measure
    and parts.period = whole.period
where
    abs(coalesce(parts.value, -1.0) - coalesce(whole.value, -1.0)) > 0.000001
