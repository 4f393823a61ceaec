update ledger.payments p
set invoice_id = i.id
from ledger.invoices i
where p.invoice_id is null
  and p.reference = i.number
  and p.amount = i.amount
