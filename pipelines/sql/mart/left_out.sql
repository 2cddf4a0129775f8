-- Failure records that no rate contains, by reason: revoked, objection upheld, village committee, not recognised as a breach.
-- grain: region_id, reason
-- The first reason that applies is the one counted, so the reasons of a region add up.
with reasoned as (
    select
        region_id,
        case
            when standing = '已撤销' then 'revoked'
            when objection = '成立' then 'objection_upheld'
            when body_level = '村居' then 'village_committee'
            when source in ('纪律处分', '问责处理') and not coalesce(recognised_as_breach, false) then 'not_recognised'
        end as reason
    from src.failures
)
select
    rollup.region_id,
    region.region_level,
    reasoned.reason,
    cast(count(*) as integer) as records
from reasoned
inner join ref.rollup as rollup on reasoned.region_id = rollup.unit_id
inner join ref.region as region on rollup.region_id = region.region_id
where reasoned.reason is not null
group by rollup.region_id, region.region_level, reasoned.reason
