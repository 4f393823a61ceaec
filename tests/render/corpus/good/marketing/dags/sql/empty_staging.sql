delete from staging.crm_members
