select id, account, side, amount, currency, booked_on, text
from ledger.bookings
where booked_on = date '{{ ds }}'
order by id
