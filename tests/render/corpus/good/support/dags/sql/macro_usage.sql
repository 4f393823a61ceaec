SELECT m.title, COUNT(u.id) AS used, MAX(u.used_at) AS last_used
FROM helpdesk.macros m LEFT JOIN helpdesk.macro_uses u ON u.macro_id = m.id AND u.used_at > now() - INTERVAL '90 days'
GROUP BY m.title
ORDER BY used, m.title
