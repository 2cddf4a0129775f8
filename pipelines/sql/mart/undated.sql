-- Records that enter no period because they carry no date (未注明日期).
-- grain: source, region_id
with undated as (
    select 'failures' as source, region_id, 1 as amount from src.failures where period_date is null
    union all
    select 'petitions', region_id, amount
    from cell.petition
    where measure = 'petition_volume' and row_month is null
)
select
    undated.source,
    rollup.region_id,
    region.region_level,
    cast(sum(undated.amount) as integer) as records
from undated
inner join ref.rollup as rollup on undated.region_id = rollup.unit_id
inner join ref.region as region on rollup.region_id = region.region_id
group by undated.source, rollup.region_id, region.region_level
