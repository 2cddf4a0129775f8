-- Which quarter and which year of debt a month speaks of: the latest that have ended by the month's end.
-- grain: month
-- A quarter is named by its last month, a year by its December. Months before the first are there for a year more,
-- because windows look back.
with months as (
    select month from run.month
    union
    select cast(month - interval '12 months' as date) from run.month
)
select
    month,
    cast(month - cast(extract(month from month) as integer) % 3 * interval '1 month' as date) as quarter_period,
    cast(month - cast(extract(month from month) as integer) % 12 * interval '1 month' as date) as year_period
from months
