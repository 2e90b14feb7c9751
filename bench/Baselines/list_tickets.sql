-- For pgbench: the API's query for the first page, with the one row more that tells whether there is another.
SELECT id, title, description, status, version, created_at, updated_at FROM tickets
WHERE id < 'ffffffff-ffff-ffff-ffff-ffffffffffff' ORDER BY id DESC LIMIT 51;
