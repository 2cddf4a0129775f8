-- Debt rows to be published, by the month their publication falls due: 20 days after approval, holidays or not.
-- grain: region_id, period
-- Only rows of units count, so that 本级 and 全辖 are not counted twice. A row without an approval date is not due; one from
-- a file that never gave the dates is unknown and left out here (core.debt_state says so).
with due as (
    select
        rollup.region_id,
        cast(date_trunc('month', debt.approved_date + parameter.disclosure_days) as date) as period,
        case when debt.published_date <= debt.approved_date + parameter.disclosure_days then 1 else 0 end as on_time
    from core.debt_row as debt
    cross join ref.parameter as parameter
    inner join ref.rollup as rollup on debt.region_id = rollup.unit_id
    inner join core.provision as provision
        on debt.batch = provision.batch
        and provision.indicator_id = 'debt_disclosed_on_time'
    where debt.approved_date is not null and provision.provided
)
select
    region_id,
    period,
    cast(count(*) as integer) as disclosures_due,
    cast(sum(on_time) as integer) as disclosures_on_time
from due
group by region_id, period
