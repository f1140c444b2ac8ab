-- Undoes V0027__evaluations_of_experiments.sql: all feedback is lost. Evaluations keep what they say of their experiments.
drop table ${schema}.evaluation_feedback;
drop index ${schema}.idx_evaluations_rating;
drop index ${schema}.idx_evaluations_model_version_id_created_at;
drop index ${schema}.idx_evaluations_experiment_id_created_at;
drop index ${schema}.idx_evaluations_experiment_id_item_key_repeat;
alter table ${schema}.evaluations drop constraint evaluations_model_version_fk;
alter table ${schema}.evaluations drop constraint evaluations_experiment_fk;
