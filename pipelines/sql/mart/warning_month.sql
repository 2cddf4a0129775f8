-- How many regions of a level were tested in a month and how many stand out: many at once is a matter of the data first.
-- grain: region_level, period
-- `together`: more of them at level 3 or graver than the method allows for (together_share).
select
    tested.region_level,
    tested.period,
    cast(count(*) filter (where tested.state <> 'not_assessable') as integer) as tested_count,
    cast(count(*) filter (where tested.level <= 3) as integer) as alarmed_count,
    count(*) filter (where tested.level <= 3)
    > max(parameter.together_share) * count(*) filter (where tested.state <> 'not_assessable') as together
from mart.warning_test as tested
cross join ref.warning_parameter as parameter
group by tested.region_level, tested.period
