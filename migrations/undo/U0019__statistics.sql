-- Undoes V0019__statistics.sql: stored statistics are lost. They follow from the submissions.
drop table ${schema}.statistics_progress;
drop table ${schema}.statistics_marks;
drop table ${schema}.model_statistics;
drop table ${schema}.user_statistics;
drop table ${schema}.definition_statistics;
drop index ${schema}.idx_submissions_subject_key;
