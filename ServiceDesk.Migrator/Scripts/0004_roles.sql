-- The roles' rights are set at every run, by Rights.sql: what the journal has once is not looked at again.
SELECT 'rights are set after the scripts';
