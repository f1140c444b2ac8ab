-- Undoes V0006__accounts.sql: every user and key is lost.
alter table ${schema}.evaluations drop constraint evaluations_created_by_fk;
alter table ${schema}.benchmarks drop constraint benchmarks_created_by_fk;
drop function ${schema}.note_key_use(uuid);
drop table ${schema}.api_keys;
drop table ${schema}.users;
drop function ${schema}.is_orcid(text);
drop function ${schema}.fold_case(text);
