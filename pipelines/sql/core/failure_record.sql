-- Failure records that stand: revoked ones and those whose objection was upheld have left, everything else is here.
-- grain: record_id
-- `scored` is false for discipline and accountability cases not recognised as a breach: they are shown, never scored.
-- Village committees (村居) are in neither numerator nor denominator and are left out here, counted in mart.left_out.
-- A record said to be rectified or repaired without a date counts so from the day it was recorded, and as late.
select
    failures.record_id,
    failures.event_id,
    failures.region_id,
    failures.source,
    coalesce(failures.body_uscc, failures.region_id || '|' || failures.body_name, 'record|' || failures.record_id)
        as body_key,
    failures.source not in ('纪律处分', '问责处理') or coalesce(failures.recognised_as_breach, false) as scored,
    severity.weight as severity_weight,
    failures.period_date,
    coalesce(failures.entered_date, failures.period_date) as weighed_from,
    failures.entered_date,
    coalesce(failures.recognised_date, failures.event_date) as recognised_date,
    failures.reason_due,
    failures.reason_filed_date,
    failures.rectify_due,
    case
        when failures.rectification in ('逾期未整改', '拒不整改') then null
        when failures.rectification = '已整改' then coalesce(failures.rectified_date, failures.recorded_at)
        else failures.rectified_date
    end as rectified_date,
    case when failures.standing = '已修复' then coalesce(failures.repaired_date, failures.recorded_at) end
        as repaired_date,
    coalesce(failures.listed_from, failures.entered_date, failures.period_date) as listed_from,
    failures.listed_to,
    failures.relapse_of
from src.failures as failures
inner join ref.severity as severity on failures.severity = severity.severity
where
    failures.standing <> '已撤销'
    and failures.objection <> '成立'
    and coalesce(failures.body_level, '') <> '村居'
