insert into risk.hits (rule, card, at)
select distinct 'geography', a.card, a.at
from risk.payments a
join risk.payments b on b.card = a.card and b.country <> a.country
where a.at between b.at and b.at + interval '30 minutes'
