-- One row per failure event: its gravest standing record (tie: the latest entered) speaks for it.
-- grain: event_id
-- Arrears → judgment → debtor list → accountability is one event and counts once. A scored record goes before an
-- unscored one, so that an accountability case never hides the breach it belongs to.
with ranked as (
    select
        record.event_id,
        record.record_id,
        record.region_id,
        record.body_key,
        record.scored,
        record.period_date,
        record.entered_date,
        record.recognised_date,
        record.reason_due,
        record.reason_filed_date,
        record.rectify_due,
        record.rectified_date,
        record.relapse_of,
        row_number() over (
            partition by record.event_id
            order by
                record.scored desc,
                record.severity_weight desc,
                record.weighed_from desc nulls last,
                record.record_id desc
        ) as gravity
    from core.failure_record as record
)
select
    event_id,
    record_id,
    region_id,
    body_key,
    scored,
    period_date,
    entered_date,
    recognised_date,
    reason_due,
    reason_filed_date,
    rectify_due,
    rectified_date,
    relapse_of
from ranked
where gravity = 1
