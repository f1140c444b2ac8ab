-- Undoes V0032__unit_changes.sql: caches learn of no change until they are opened anew.
drop table ${schema}.unit_changes;
