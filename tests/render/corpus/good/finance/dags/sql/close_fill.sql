insert into scratch.close_{{ ds_nodash }} (account, balance)
select account, sum(case side when 'debit' then amount else -amount end)
from ledger.bookings
where booked_on = date '{{ ds }}'
group by account
