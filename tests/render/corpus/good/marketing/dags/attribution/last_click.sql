insert into marts.attribution (model, campaign, value)
select 'last_click', campaign, sum(value)
from (
    select distinct on (conversion_id) conversion_id, campaign, value
    from marts.touches
    order by conversion_id, touched_at desc
) last
group by campaign
