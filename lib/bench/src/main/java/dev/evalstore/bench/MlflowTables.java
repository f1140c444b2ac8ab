package dev.evalstore.bench;

import java.sql.SQLException;
import java.util.List;

/**
 * MLflow's tables of runs, with its columns, keys and indexes, as MLflow 3.17 makes them on PostgreSQL: an attribute is a row, found
 * by the run's id or by its own name, never by the experiment. What MLflow calls an experiment is a project here, and its runs are
 * experiments.
 */
final class MlflowTables {
    private static final List<String> DDL = List.of(
            "create table %s.experiments (experiment_id serial, name varchar(256) not null, artifact_location varchar(256),"
                    + " lifecycle_stage varchar(32) check (lifecycle_stage in ('active', 'deleted')), creation_time bigint,"
                    + " last_update_time bigint, workspace varchar(63) not null default 'default',"
                    + " constraint experiment_pk primary key (experiment_id),"
                    + " constraint uq_experiments_workspace_name unique (workspace, name))",
            "create index idx_experiments_workspace on %s.experiments (workspace)",
            "create index idx_experiments_workspace_creation_time on %s.experiments (workspace, creation_time)",
            "create table %s.runs (run_uuid varchar(32) not null, name varchar(250), source_type varchar(20)"
                    + " check (source_type in ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), source_name varchar(500),"
                    + " entry_point_name varchar(50), user_id varchar(256), status varchar(9)"
                    + " check (status in ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED')), start_time bigint,"
                    + " end_time bigint, source_version varchar(50), lifecycle_stage varchar(20)"
                    + " check (lifecycle_stage in ('active', 'deleted')), artifact_uri varchar(200),"
                    + " experiment_id int references %1$s.experiments (experiment_id), deleted_time bigint,"
                    + " constraint run_pk primary key (run_uuid))",
            "create table %s.metrics (key varchar(250) not null, value double precision not null,"
                    + " \"timestamp\" bigint not null, run_uuid varchar(32) not null references %1$s.runs (run_uuid),"
                    + " step bigint not null default 0, is_nan boolean not null default false,"
                    + " constraint metric_pk primary key (key, \"timestamp\", step, run_uuid, value, is_nan))",
            "create index index_metrics_run_uuid on %s.metrics (run_uuid)",
            "create index index_metrics_run_uuid_key_step on %s.metrics (run_uuid, key, step)",
            "create table %s.latest_metrics (key varchar(250) not null, value double precision not null,"
                    + " \"timestamp\" bigint, step bigint not null, is_nan boolean not null,"
                    + " run_uuid varchar(32) not null references %1$s.runs (run_uuid),"
                    + " constraint latest_metric_pk primary key (key, run_uuid))",
            "create index index_latest_metrics_run_uuid on %s.latest_metrics (run_uuid)",
            "create table %s.params (key varchar(250) not null, value varchar(8000) not null,"
                    + " run_uuid varchar(32) not null references %1$s.runs (run_uuid),"
                    + " constraint param_pk primary key (key, run_uuid))",
            "create index index_params_run_uuid on %s.params (run_uuid)",
            "create table %s.tags (key varchar(250) not null, value varchar(8000),"
                    + " run_uuid varchar(32) not null references %1$s.runs (run_uuid),"
                    + " constraint tag_pk primary key (key, run_uuid))",
            "create index index_tags_run_uuid on %s.tags (run_uuid)",
            "create table %s.datasets (dataset_uuid varchar(36) not null, experiment_id int not null"
                    + " references %1$s.experiments (experiment_id) on delete cascade, name varchar(500) not null,"
                    + " digest varchar(36) not null, dataset_source_type varchar(36) not null, dataset_source text not null,"
                    + " dataset_schema text, dataset_profile text,"
                    + " constraint dataset_pk primary key (experiment_id, name, digest))",
            "create index index_datasets_dataset_uuid on %s.datasets (dataset_uuid)",
            "create index index_datasets_experiment_id_dataset_source_type"
                    + " on %s.datasets (experiment_id, dataset_source_type)",
            "create table %s.inputs (input_uuid varchar(36) not null, source_type varchar(36) not null,"
                    + " source_id varchar(36) not null, destination_type varchar(36) not null,"
                    + " destination_id varchar(36) not null, step bigint not null default 0,"
                    + " constraint inputs_pk primary key (source_type, source_id, destination_type, destination_id))",
            "create index index_inputs_destination_type_destination_id_source_type"
                    + " on %s.inputs (destination_type, destination_id, source_type)",
            "create index index_inputs_input_uuid on %s.inputs (input_uuid)",
            "create table %s.input_tags (input_uuid varchar(36) not null, name varchar(255) not null,"
                    + " value varchar(500) not null, constraint input_tags_pk primary key (input_uuid, name))");

    private MlflowTables() {}

    /** Makes the schema anew, with one project in it, whose number is 1. */
    static void create(Lab lab, String schema) throws SQLException {
        lab.execute("drop schema if exists " + schema + " cascade", "create schema " + schema);
        for (String statement : DDL) {
            lab.execute(statement.formatted(schema));
        }
        lab.execute("insert into " + schema + ".experiments (name, lifecycle_stage, creation_time)"
                + " values ('searched', 'active', 0)");
    }
}
