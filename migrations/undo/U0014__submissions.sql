-- Undoes V0014__submissions.sql: every submission is lost.
drop table ${schema}.submission_metadata;
drop table ${schema}.submission_cases;
drop table ${schema}.submission_metrics;
drop table ${schema}.submissions;
