-- Who did not report, reported late or incompletely: one row per source, prefecture (or 省本级) and month that is not on time.
-- grain: source, region_id, month
-- A prefecture takes the worst state of its units.
with reporter as (
    select
        region_id as unit_id,
        coalesce(case when region_level = 'county' or region_level = 'zone' then parent_id end, region_id) as own_id,
        case when region_level = 'own' and parent_id <> '530000' then parent_id end as prefecture_id
    from ref.region
    where region_level in ('county', 'own', 'zone')
),
worst as (
    select
        coverage.source,
        coalesce(reporter.prefecture_id, reporter.own_id) as region_id,
        coverage.month,
        min(case coverage.state
            when 'not_reported' then 1
            when 'partial' then 2
            when 'pending' then 3
            when 'late' then 4
            else 5
        end) as badness,
        max(coverage.reported_at) as reported_at,
        bool_or(coverage.inferred) as inferred
    from core.coverage as coverage
    inner join reporter on coverage.unit_id = reporter.unit_id
    group by coverage.source, coalesce(reporter.prefecture_id, reporter.own_id), coverage.month
)
select
    source,
    region_id,
    month,
    case badness
        when 1 then 'not_reported'
        when 2 then 'partial'
        when 3 then 'pending'
        else 'late'
    end as state,
    reported_at,
    inferred
from worst
where badness < 5
