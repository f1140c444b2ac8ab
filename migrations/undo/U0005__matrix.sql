-- Undoes V0005__matrix.sql: the matrix and all results, statistics and rankings are lost.
drop table ${schema}.model_rankings;
drop sequence ${schema}.model_rankings_generation;
drop table ${schema}.daily_model_stats;
drop table ${schema}.benchmark_results;
drop table ${schema}.config_leases;
drop table ${schema}.config_scheduled;
drop table ${schema}.config_ready;
drop table ${schema}.config_lanes;
drop table ${schema}.benchmark_configs;
