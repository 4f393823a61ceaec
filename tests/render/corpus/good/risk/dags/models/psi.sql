with shares as (
    select
        bucket,
        count(*) filter (where period = 'base')::numeric / sum(count(*) filter (where period = 'base')) over () as base,
        count(*) filter (where period = 'now')::numeric / sum(count(*) filter (where period = 'now')) over () as now
    from risk.scores
    group by bucket
)
select bucket, round((now - base) * ln(now / nullif(base, 0)), 4) as psi
from shares
order by psi desc
