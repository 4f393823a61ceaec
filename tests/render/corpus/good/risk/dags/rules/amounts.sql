insert into risk.hits (rule, card, at)
select 'amounts', card, at from risk.payments where amount > 10 * average_amount
