-- One row per channel and device: visitors, forms begun, forms sent, first action.
with steps as (
    select
        channel,
        device,
        session_id,
        bool_or(name = 'form_opened') as opened,
        bool_or(name = 'form_sent') as sent,
        bool_or(name = 'first_action') as activated
    from raw.events
    where day = date '{{ ds }}' - {{ params.lookback }}
    group by channel, device, session_id
)
select
    channel,
    device,
    count(*) as visitors,
    count(*) filter (where opened) as opened,
    count(*) filter (where sent) as sent,
    round(100.0 * count(*) filter (where activated) / nullif(count(*), 0), 1) as activated_percent
from steps
group by channel, device
order by activated_percent desc nulls last
