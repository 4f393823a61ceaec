select
    p.name as partner,
    count(*) as referrals,
    sum(r.commission) as owed
from partner.referrals r
join partner.partners p on p.id = r.partner_id
where r.paid_at is null
  and r.created_at < timestamp '{{ data_interval_end | ts }}'
group by p.name
having sum(r.commission) > 0
order by owed desc
