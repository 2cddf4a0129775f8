-- Which batch's file really gave the columns an indicator stands on: a column never sent is unknown, not late and not zero.
-- grain: indicator_id, batch
-- A need is met by any one of its alternatives (recheck_result or review_result); all needs must be met.
with sent as (
    select distinct
        source,
        batch
    from src.batch_column
),
need as (
    select
        need.indicator_id,
        batch.batch,
        need.need_no,
        max(case when given.column_name is null then 0 else 1 end) as met
    from ref.indicator_need as need
    inner join sent as batch on need.source = batch.source
    left join src.batch_column as given
        on batch.batch = given.batch
        and batch.source = given.source
        and need.column_name = given.column_name
    group by need.indicator_id, batch.batch, need.need_no
)
select
    indicator_id,
    batch,
    min(met) = 1 as provided
from need
group by indicator_id, batch
