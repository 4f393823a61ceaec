select count(*) < 25
from people.payroll_lines now
join people.payroll_lines before
    on before.employee_id = now.employee_id
    and before.month = now.month - interval '1 month'
where now.month = date_trunc('month', date '{{ ds }}')
  and abs(now.gross - before.gross) > 0.2 * before.gross
