insert into risk.hits (rule, card, at)
select 'velocity', card, max(at)
from risk.payments
where at > timestamp '{{ data_interval_start | ts }}' and at <= timestamp '{{ data_interval_end | ts }}'
group by card
having count(*) > 8
