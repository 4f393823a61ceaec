select account, cost_center, sum(amount) as amount
from ledger.accruals_proposed
where month = '{{ data_interval_start.strftime('%Y-%m') }}'
group by account, cost_center
order by amount desc
