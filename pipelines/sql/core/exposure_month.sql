-- 机关单位 of every unit and month: the latest year that has begun by then and gave a number.
-- grain: region_id, period
with dated as (
    select
        exposure.region_id,
        month.month as period,
        exposure.gov_bodies,
        row_number() over (
            partition by exposure.region_id, month.month
            order by exposure.year desc
        ) as recency
    from src.exposure as exposure
    inner join run.month as month on exposure.year <= extract(year from month.month)
    where exposure.gov_bodies > 0
)
select
    region_id,
    period,
    gov_bodies
from dated
where recency = 1
