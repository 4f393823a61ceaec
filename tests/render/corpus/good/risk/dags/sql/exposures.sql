insert into risk.exposures (day, counterparty, exposure)
select date '{{ ds }}', counterparty, sum(greatest(market_value, 0) * (1 - recovery_rate))
from risk.positions
where day = date '{{ ds }}'
group by counterparty
