-- Every window that ends at a month to be made: rolling 12 months, month, quarter, half-year, year and 1—N月累计.
-- grain: window_kind, period
-- `period` is the first day of the window's last month; quarters, halves and years exist only where they end.
-- `previous_period` is the window just before (环比), `year_ago_period` the same window a year earlier (同比);
-- 累计 has no window before it, and a year's predecessor is its year-ago.
with last_months as (
    select
        period,
        cast(extract(month from period) as integer) as month_of_year
    from run.period
    where windowed
),
kinds as (
    select 'r12' as window_kind, period, 12 as months, 1 as step_months from last_months
    union all
    select 'month', period, 1, 1 from last_months
    union all
    select 'quarter', period, 3, 3 from last_months where month_of_year % 3 = 0
    union all
    select 'half', period, 6, 6 from last_months where month_of_year % 6 = 0
    union all
    select 'year', period, 12, 12 from last_months where month_of_year = 12
    union all
    select 'ytd', period, month_of_year, null from last_months
)
select
    window_kind,
    period,
    months,
    cast(period - (months - 1) * interval '1 month' as date) as first_month,
    cast(period - step_months * interval '1 month' as date) as previous_period,
    cast(period - interval '12 months' as date) as year_ago_period
from kinds
