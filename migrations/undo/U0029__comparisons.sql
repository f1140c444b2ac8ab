-- Undoes V0029__comparisons.sql: every comparison is lost.
drop table ${schema}.comparison_members, ${schema}.comparisons;
