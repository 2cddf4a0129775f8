-- Every amount of every debt row by itself, in fen.
-- grain: amount, region_id, period
-- Amounts that may be left out (principal_due, new_debt) have a row only where they were given.
select source, region_id, period, 'balance_general' as amount, balance_general_fen as value_fen
from core.debt_row
where balance_general_fen is not null
union all
select source, region_id, period, 'balance_special', balance_special_fen
from core.debt_row
where balance_special_fen is not null
union all
select source, region_id, period, 'limit_general', limit_general_fen
from core.debt_row
where limit_general_fen is not null
union all
select source, region_id, period, 'limit_special', limit_special_fen
from core.debt_row
where limit_special_fen is not null
union all
select source, region_id, period, 'fiscal_capacity', fiscal_capacity_fen
from core.debt_row
where fiscal_capacity_fen is not null
union all
select source, region_id, period, 'interest_general', interest_general_fen
from core.debt_row
where interest_general_fen is not null
union all
select source, region_id, period, 'interest_special', interest_special_fen
from core.debt_row
where interest_special_fen is not null
union all
select source, region_id, period, 'budget_expenditure_general', budget_expenditure_general_fen
from core.debt_row
where budget_expenditure_general_fen is not null
union all
select source, region_id, period, 'budget_expenditure_fund', budget_expenditure_fund_fen
from core.debt_row
where budget_expenditure_fund_fen is not null
union all
select source, region_id, period, 'overdue', overdue_fen
from core.debt_row
where overdue_fen is not null
union all
select source, region_id, period, 'principal_due', principal_due_fen
from core.debt_row
where principal_due_fen is not null
union all
select source, region_id, period, 'new_debt', new_debt_fen
from core.debt_row
where new_debt_fen is not null
