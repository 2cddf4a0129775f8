-- Regions whose debt is said to be the sum of their parts and is not: a 全辖 row stands in only where `basis` says so.
with part as (
    select
        region.parent_id as region_id,
        found.amount,
        found.period,
        sum(found.value_fen) as value_fen
    from core.debt_region as found
    inner join ref.region as region on found.region_id = region.region_id
    group by region.parent_id, found.amount, found.period
)
select
    whole.region_id,
    whole.amount,
    whole.period,
    whole.value_fen,
    part.value_fen as parts_fen
from core.debt_region as whole
inner join part
    on whole.region_id = part.region_id
    and whole.amount = part.amount
    and whole.period = part.period
where whole.basis in ('units', 'stand_in') and whole.value_fen <> part.value_fen
