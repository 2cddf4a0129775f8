-- The first quarter or year of which anybody reported debt, by source.
-- grain: source
select
    source,
    min(period) as first_period
from core.debt_row
group by source
