-- Bodies and entries on the list of judgment defaulters (失信被执行人) at each month's end.
-- grain: region_id, period
-- Entries are per case, so 家 (bodies) and 件 (entries) differ; repaired entries leave the list on their repair date.
select
    record.region_id,
    month.month as period,
    count(distinct record.body_key) as debtor_bodies,
    count(*) as debtor_entries
from core.failure_record as record
inner join run.month as month
    on record.listed_from < month.next_month
    and (record.listed_to is null or record.listed_to >= month.next_month)
    and (record.repaired_date is null or record.repaired_date >= month.next_month)
where record.source = '失信被执行人'
group by record.region_id, month.month
