-- Undoes V0024__datasets.sql: every dataset is lost.
drop table ${schema}.datasets;
