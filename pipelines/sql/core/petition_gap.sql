-- Months in which a unit's petitions came from a file without a column the indicator stands on.
-- grain: indicator_id, region_id, period
-- Such a month is missing for that indicator: leaving a column out must not pay.
with sent as (
    select
        batch,
        region_id,
        cast(date_trunc('month', period_date) as date) as period
    from src.petitions
    group by batch, region_id, cast(date_trunc('month', period_date) as date)
)
select distinct
    provision.indicator_id,
    rollup.region_id,
    sent.period
from core.provision as provision
inner join sent on provision.batch = sent.batch
inner join ref.rollup as rollup on sent.region_id = rollup.unit_id
where not provision.provided
