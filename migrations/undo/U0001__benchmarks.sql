-- Undoes V0001__benchmarks.sql: every run and evaluation is lost.
drop table ${schema}.evaluations;
drop table ${schema}.benchmarks;
drop function ${schema}.touch_updated_at();
drop function ${schema}.uuid_v7();
