-- Undoes V0004__catalog.sql: the whole catalogue is lost.
drop table ${schema}.model_use_cases;
drop table ${schema}.use_cases;
drop table ${schema}.inference_frameworks;
drop table ${schema}.hardware_configs;
drop table ${schema}.model_versions;
drop table ${schema}.models;
