-- Debt rows as they are used: one per source, region and period, 本级 of a prefecture or the province at its own unit.
-- grain: source, region_id, period
-- A county's row is its 全辖; the 全辖 row of a prefecture or the province keeps that region and is never added to
-- its units. 昆明市本级 and 昆明市 with scope 本级 are one row, the one recorded last; of a zone that sent both scopes
-- 全辖 speaks. A year lies under its December.
with sent as (
    select
        'debt_balance' as source,
        region_id,
        period,
        scope,
        batch,
        approved_date,
        published_date,
        recorded_at,
        row_hash,
        balance_general_fen,
        balance_special_fen,
        limit_general_fen,
        limit_special_fen,
        cast(null as bigint) as fiscal_capacity_fen,
        cast(null as bigint) as interest_general_fen,
        cast(null as bigint) as interest_special_fen,
        cast(null as bigint) as budget_expenditure_general_fen,
        cast(null as bigint) as budget_expenditure_fund_fen,
        cast(null as bigint) as overdue_fen,
        cast(null as bigint) as principal_due_fen,
        cast(null as bigint) as new_debt_fen
    from src.debt_balance
    union all
    select
        'debt_year',
        region_id,
        make_date(cast(year as integer), 12, 1),
        scope,
        batch,
        approved_date,
        published_date,
        recorded_at,
        row_hash,
        cast(null as bigint),
        cast(null as bigint),
        cast(null as bigint),
        cast(null as bigint),
        fiscal_capacity_fen,
        interest_general_fen,
        interest_special_fen,
        budget_expenditure_general_fen,
        budget_expenditure_fund_fen,
        overdue_fen,
        principal_due_fen,
        new_debt_fen
    from src.debt_year
),
placed as (
    select
        sent.*,
        coalesce(own.region_id, sent.region_id) as placed_id
    from sent
    left join ref.region as own
        on sent.region_id = own.parent_id
        and own.region_level = 'own'
        and sent.scope = '本级'
),
ranked as (
    select
        placed.*,
        row_number() over (
            partition by source, placed_id, period
            order by case when scope = '全辖' then 0 else 1 end, recorded_at desc, row_hash desc
        ) as recency
    from placed
)
select
    source,
    placed_id as region_id,
    period,
    batch,
    approved_date,
    published_date,
    balance_general_fen,
    balance_special_fen,
    limit_general_fen,
    limit_special_fen,
    fiscal_capacity_fen,
    interest_general_fen,
    interest_special_fen,
    budget_expenditure_general_fen,
    budget_expenditure_fund_fen,
    overdue_fen,
    principal_due_fen,
    new_debt_fen
from ranked
where recency = 1
