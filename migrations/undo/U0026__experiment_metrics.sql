-- Undoes V0026__experiment_metrics.sql: every metric and point is lost.
drop table ${schema}.metric_points;
drop table ${schema}.experiment_metrics;
drop table ${schema}.metric_names;
