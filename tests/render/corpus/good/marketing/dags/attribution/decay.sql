insert into marts.attribution (model, campaign, value)
select 'decay', campaign, sum(value * power(0.5, extract(epoch from converted_at - touched_at) / 604800))
from marts.touches
group by campaign
