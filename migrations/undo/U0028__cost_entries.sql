-- Undoes V0028__cost_entries.sql: all costs are lost.
drop table ${schema}.cost_entries;
