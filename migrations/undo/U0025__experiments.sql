-- Undoes V0025__experiments.sql: every project, experiment and param is lost.
drop table ${schema}.experiment_params;
drop table ${schema}.param_names;
drop table ${schema}.experiments;
drop table ${schema}.projects;
