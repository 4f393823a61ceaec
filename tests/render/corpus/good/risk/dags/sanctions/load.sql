insert into risk.sanction_matches (day, customer_id, entry, score)
select date '{{ ds }}', c.id, s.entry, similarity(c.name, s.name)
from risk.customers c
join risk.sanctions s on similarity(c.name, s.name) > 0.8
