-- Every amount of debt for every region: a unit's own row, a larger region's units added up, else its own 全辖 row.
-- grain: amount, region_id, period
-- `basis`: own (a unit's row), units (all that are due added up), stand_in (the province, some prefecture of which is not
-- added up), whole (the region's 全辖 row speaks because a unit is missing), null (missing). Counties and 本级 are due
-- in every period of which anybody reported, a zone from its first row on. `whole_fen` is the region's 全辖 row,
-- `units_fen` the sum of units; with both there, mart.debt_check compares them.
with asked as (
    select distinct
        amount,
        period
    from core.debt_amount
),
started as (
    select
        amount,
        region_id,
        min(period) as first_period
    from core.debt_amount
    group by amount, region_id
),
unit as (
    select
        asked.amount,
        asked.period,
        region.region_id,
        region.region_level,
        region.parent_id,
        given.value_fen
    from asked
    inner join ref.region as region on region.region_level in ('county', 'own', 'zone')
    left join started
        on asked.amount = started.amount
        and region.region_id = started.region_id
    left join core.debt_amount as given
        on asked.amount = given.amount
        and asked.period = given.period
        and region.region_id = given.region_id
    where region.region_level <> 'zone' or started.first_period <= asked.period
),
summed as (
    select
        unit.amount,
        unit.period,
        prefecture.region_id,
        prefecture.parent_id,
        count(*) as units_due,
        count(unit.value_fen) as units_reported,
        cast(case when count(unit.value_fen) = count(*) then sum(unit.value_fen) end as bigint) as units_fen,
        max(whole.value_fen) as whole_fen
    from unit
    inner join ref.region as prefecture
        on unit.parent_id = prefecture.region_id
        and prefecture.region_level = 'prefecture'
    left join core.debt_amount as whole
        on unit.amount = whole.amount
        and unit.period = whole.period
        and prefecture.region_id = whole.region_id
    group by unit.amount, unit.period, prefecture.region_id, prefecture.parent_id
),
part as (
    select
        amount,
        period,
        parent_id,
        units_due,
        units_reported,
        coalesce(units_fen, whole_fen) as value_fen,
        case when units_fen is null and whole_fen is not null then 1 else 0 end as stand_in
    from summed
    union all
    select
        unit.amount,
        unit.period,
        unit.parent_id,
        1,
        case when unit.value_fen is null then 0 else 1 end,
        unit.value_fen,
        0
    from unit
    inner join ref.region as province
        on unit.parent_id = province.region_id
        and province.region_level = 'province'
),
whole_province as (
    select
        part.amount,
        part.period,
        part.parent_id as region_id,
        sum(part.units_due) as units_due,
        sum(part.units_reported) as units_reported,
        sum(part.stand_in) as stand_ins,
        cast(case when count(part.value_fen) = count(*) then sum(part.value_fen) end as bigint) as units_fen,
        max(whole.value_fen) as whole_fen
    from part
    left join core.debt_amount as whole
        on part.amount = whole.amount
        and part.period = whole.period
        and part.parent_id = whole.region_id
    group by part.amount, part.period, part.parent_id
)
select
    amount,
    region_id,
    region_level,
    period,
    value_fen,
    case when value_fen is not null then 'own' end as basis,
    1 as units_due,
    case when value_fen is null then 0 else 1 end as units_reported,
    0 as stand_ins,
    cast(null as bigint) as units_fen,
    cast(null as bigint) as whole_fen
from unit
union all
select
    amount,
    region_id,
    'prefecture',
    period,
    coalesce(units_fen, whole_fen),
    case when units_fen is not null then 'units' when whole_fen is not null then 'whole' end,
    cast(units_due as integer),
    cast(units_reported as integer),
    case when units_fen is null and whole_fen is not null then 1 else 0 end,
    units_fen,
    whole_fen
from summed
union all
select
    amount,
    region_id,
    'province',
    period,
    coalesce(units_fen, whole_fen),
    case
        when units_fen is not null and stand_ins = 0 then 'units'
        when units_fen is not null then 'stand_in'
        when whole_fen is not null then 'whole'
    end,
    cast(units_due as integer),
    cast(units_reported as integer),
    cast(stand_ins as integer),
    units_fen,
    whole_fen
from whole_province
