SELECT campaign, SUM(cost) AS cost, SUM(clicks) AS clicks, SUM(cost) / NULLIF(SUM(clicks), 0) AS cpc
FROM marts.ad_costs
WHERE day = DATE '{{ ds }}'
GROUP BY 1
ORDER BY 2 DESC
