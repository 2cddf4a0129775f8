-- How many prefectures were due, on time, late, incomplete, pending or missing for a source and month (应报…家次).
-- grain: source, month
with due as (
    select distinct
        source,
        month,
        inferred
    from core.coverage
),
prefecture as (
    select count(*) as prefectures from ref.region where region_level = 'prefecture'
),
counted as (
    select
        missing_report.source,
        missing_report.month,
        sum(case when missing_report.state = 'late' then 1 else 0 end) as late,
        sum(case when missing_report.state = 'partial' then 1 else 0 end) as partial,
        sum(case when missing_report.state = 'pending' then 1 else 0 end) as pending,
        sum(case when missing_report.state = 'not_reported' then 1 else 0 end) as missing
    from mart.missing_report as missing_report
    inner join ref.region as region
        on missing_report.region_id = region.region_id
        and region.region_level = 'prefecture'
    group by missing_report.source, missing_report.month
)
select
    due.source,
    due.month,
    cast(prefecture.prefectures as integer) as prefectures_due,
    cast(prefecture.prefectures - coalesce(counted.late + counted.partial + counted.pending + counted.missing, 0)
        as integer) as prefectures_on_time,
    cast(coalesce(counted.late, 0) as integer) as prefectures_late,
    cast(coalesce(counted.partial, 0) as integer) as prefectures_partial,
    cast(coalesce(counted.pending, 0) as integer) as prefectures_pending,
    cast(coalesce(counted.missing, 0) as integer) as prefectures_missing,
    due.inferred
from due
cross join prefecture
left join counted on due.source = counted.source and due.month = counted.month
