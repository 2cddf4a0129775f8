-- Debt of every region side by side: balances and limits at a quarter's end, figures of a year under its December.
-- grain: region_id, period
-- Null is not reported. The branch of the interest burden is chosen here, on the region's own sums: the budget in which
-- interest weighs more. `…_basis` says where the amounts come from (see core.debt_region).
with wide as (
    select
        region_id,
        period,
        max(case when amount = 'balance_general' then value_fen end) as balance_general_fen,
        max(case when amount = 'balance_special' then value_fen end) as balance_special_fen,
        max(case when amount = 'limit_general' then value_fen end) as limit_general_fen,
        max(case when amount = 'limit_special' then value_fen end) as limit_special_fen,
        max(case when amount = 'fiscal_capacity' then value_fen end) as fiscal_capacity_fen,
        max(case when amount = 'interest_general' then value_fen end) as interest_general_fen,
        max(case when amount = 'interest_special' then value_fen end) as interest_special_fen,
        max(case when amount = 'budget_expenditure_general' then value_fen end) as budget_expenditure_general_fen,
        max(case when amount = 'budget_expenditure_fund' then value_fen end) as budget_expenditure_fund_fen,
        max(case when amount = 'overdue' then value_fen end) as overdue_fen,
        max(case when amount = 'principal_due' then value_fen end) as principal_due_fen,
        max(case when amount = 'new_debt' then value_fen end) as new_debt_fen,
        max(case when amount = 'balance_general' then basis end) as balance_basis,
        max(case when amount = 'balance_general' then units_due end) as balance_units_due,
        max(case when amount = 'balance_general' then units_reported end) as balance_units_reported,
        max(case when amount = 'balance_general' then stand_ins end) as balance_stand_ins,
        max(case when amount = 'fiscal_capacity' then basis end) as year_basis,
        max(case when amount = 'fiscal_capacity' then units_due end) as year_units_due,
        max(case when amount = 'fiscal_capacity' then units_reported end) as year_units_reported,
        max(case when amount = 'fiscal_capacity' then stand_ins end) as year_stand_ins
    from core.debt_region
    group by region_id, period
),
branched as (
    select
        wide.*,
        case
            when cast(interest_special_fen as double) / nullif(budget_expenditure_fund_fen, 0)
                > cast(interest_general_fen as double) / nullif(budget_expenditure_general_fen, 0) then 'special'
            when interest_general_fen is not null then 'general'
        end as interest_branch
    from wide
)
select
    region_id,
    period,
    balance_general_fen + balance_special_fen as balance_fen,
    limit_general_fen + limit_special_fen as limit_fen,
    case when interest_branch = 'special' then interest_special_fen else interest_general_fen end as interest_fen,
    case when interest_branch = 'special' then budget_expenditure_fund_fen else budget_expenditure_general_fen end
        as interest_base_fen,
    interest_branch,
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
    new_debt_fen,
    balance_basis,
    balance_units_due,
    balance_units_reported,
    balance_stand_ins,
    year_basis,
    year_units_due,
    year_units_reported,
    year_stand_ins
from branched
