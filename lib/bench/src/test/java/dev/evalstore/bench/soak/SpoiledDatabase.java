package dev.evalstore.bench.soak;

import java.util.stream.Stream;

/**
 * Something that is spoiled in the database.
 *
 * @param sql with {@code %s} for the name of an operation that was acknowledged
 * @param room that operation's room
 * @param what that operation
 * @param violation what must be said of it
 */
record SpoiledDatabase(String sql, String room, String what, String violation) {
    @Override
    public String toString() {
        return violation;
    }

    private static SpoiledDatabase spoiled(String violation, String sql) {
        return new SpoiledDatabase(sql, Stage.JOBS, "effect", violation);
    }

    static Stream<SpoiledDatabase> all() {
        return Stream.of(
                new SpoiledDatabase(
                        "delete from soak.effects where name || ':' || token = '%s'",
                        Stage.JOBS, "effect", "an effect was acknowledged and is not there"),
                spoiled(
                        "a job is completed without its effect",
                        "delete from soak.effects where name || ':' || token = '%s'"),
                spoiled(
                        "a job has its effect more than once",
                        "insert into soak.effects select * from soak.effects where name || ':' || token = '%s'"),
                spoiled(
                        "an effect is there and nobody tried it",
                        "update soak.effects set name = 'another' where name || ':' || token = '%s'"),
                spoiled(
                        "a job's effect is of another lease than its completion",
                        "update soak.effects set token = 0 where name || ':' || token = '%s'"),
                spoiled(
                        "a job's result is of another lease than its completion",
                        "update evalstore.job_finished set result = '{\"token\": 0}' where outcome = 'completed'"),
                spoiled(
                        "a token has more than one outcome",
                        "insert into evalstore.job_attempts select * from evalstore.job_attempts where outcome = 'completed'"),
                spoiled(
                        "a job was completed under a lease that was taken away",
                        "update evalstore.job_attempts set token = -token where attempt = 3 and outcome = 'completed'"),
                spoiled("a job's attempts do not add up", "delete from evalstore.job_attempts where attempt = 1"),
                spoiled(
                        "a job ended with another number of attempts than it had",
                        "update evalstore.job_finished set attempt = attempt + 1"),
                spoiled(
                        "a job is not in exactly one place",
                        "insert into evalstore.job_ready select lane, 0, seq, 1, 0 from evalstore.job_finished limit 1"),
                spoiled(
                        "a job has not ended",
                        "delete from evalstore.job_finished where seq in (select seq from evalstore.job_finished limit 1)"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.jobs where payload ->> 'name' = '%s'; delete from soak.deleted",
                        Stage.JOBS, "order", "a job was acknowledged and is not there"),
                spoiled(
                        "ticks do not have one job each",
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.jobs where id = (select id from evalstore.jobs"
                                + " where payload ->> 'name' = 'tick' limit 1)"),
                spoiled(
                        "a job that fails for good did not run as often as it was brought back",
                        "delete from evalstore.job_attempts a using evalstore.jobs j"
                                + " where j.seq = a.seq and j.payload ->> 'how' = 'FAIL'"),
                spoiled(
                        "a narrow row has no job",
                        "set local session_replication_role = replica; delete from evalstore.jobs"),
                spoiled("a job went and nobody deleted it", "delete from evalstore.jobs"),
                spoiled("a job was deleted and did not go", "delete from soak.deleted"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.audit_log where entity_id || '/' || request_id = '%s'",
                        Stage.JOBS, "retry", "a retry's audit entry was acknowledged and is not there"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.jobs where payload ->> 'name' = '%s/4999'",
                        Stage.JOBS, "load", "a load of jobs has not each of them once"),
                new SpoiledDatabase(
                        "update evalstore.jobs set payload = jsonb_set(payload, '{name}', '\"%1$s/0\"')"
                                + " where payload ->> 'name' = '%1$s/1'",
                        Stage.JOBS, "load", "a load of jobs has not each of them once"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.jobs where payload ->> 'name' like '%s/%%'; delete from soak.deleted",
                        Stage.JOBS, "load", "a load of jobs was acknowledged and is not there"),
                new SpoiledDatabase(
                        "delete from evalstore.evaluations where input = split_part('%s', ',', 1)",
                        Stage.EVALUATIONS, "createAll", "an evaluation was acknowledged and is not there"),
                new SpoiledDatabase(
                        "delete from evalstore.evaluations where input = '%s/9999'",
                        Stage.EVALUATIONS, "copy", "a run has not each of its evaluations once"),
                new SpoiledDatabase(
                        "delete from evalstore.evaluations where input like '%1$s/%%';"
                                + " delete from evalstore.benchmarks where name = '%1$s'",
                        Stage.EVALUATIONS, "copy", "a run was acknowledged and is not there"),
                new SpoiledDatabase(
                        "delete from soak.orders where name = '%s'",
                        Stage.JOBS, "order", "an order was acknowledged and is not there"),
                new SpoiledDatabase(
                        "delete from evalstore.benchmark_results where config_id || ':' || (detailed_metrics ->> 'token') = '%s'",
                        Stage.MATRIX, "complete", "a result was acknowledged and is not there"),
                spoiled(
                        "a configuration has not exactly one result",
                        "insert into evalstore.benchmark_results (config_id, model_version_id, hardware_config_id, framework_id,"
                                + " workload_type, batch_size, sequence_length, accuracy_score)"
                                + " select id, model_version_id, hardware_config_id, framework_id, workload_type, batch_size,"
                                + " sequence_length, 1 from evalstore.benchmark_configs"),
                spoiled(
                        "a configuration is not in exactly one place",
                        "insert into evalstore.config_ready select 1, 1, seq, 1, 0 from evalstore.benchmark_configs limit 1"),
                spoiled(
                        "a round of configurations is not whole",
                        "delete from evalstore.benchmark_configs where batch_size = 1"),
                spoiled(
                        "the accounts hold",
                        "update evalstore.state_entries set value = '\\x0000000000000000' where key = 'account/03'"),
                spoiled(
                        "the copy holds",
                        "delete from evalstore.state_entries e using evalstore.state_namespaces n"
                                + " where n.id = e.namespace_id and n.name = 'copy' and e.key = 'account/09/0000'"),
                spoiled(
                        "the copy is none of the exports that may have been imported last",
                        "update evalstore.state_entries e set value = '\\x0000000000000001'"
                                + " from evalstore.state_namespaces n"
                                + " where n.id = e.namespace_id and n.name = 'copy' and e.key in ('account/00', 'account/19')"),
                spoiled("at checkpoint", "update evalstore.state_checkpoints set epoch = -epoch"),
                new SpoiledDatabase(
                        "delete from evalstore.state_entries where key = '%s'",
                        Stage.STATE, "transfer", "a transfer's line was acknowledged and is not there"),
                new SpoiledDatabase(
                        "delete from evalstore.state_entries where key = '%s'", Stage.STATE, "increment", "is 0 after"),
                spoiled(
                        "a change that the follower was to be given was acknowledged and is not there",
                        "insert into evalstore.state_changes select namespace_id, seq + 1000000, kind, key, version + 1000000"
                                + " from evalstore.state_changes limit 1"),
                spoiled(
                        "a change that the follower was to be given is there and nobody tried it",
                        "set local session_replication_role = replica; delete from evalstore.state_changes"),
                spoiled(
                        "a change was dropped before its time",
                        "update soak.dropped set created_at = dropped_at - interval '2 s'"),
                spoiled("a feed's floor is not where it was compacted to", "delete from evalstore.state_changes"),
                spoiled(
                        "fewer changes were dropped than was said",
                        "delete from soak.dropped where seq = (select min(seq) from soak.dropped)"),
                spoiled(
                        "a key's changes came in another order",
                        "update soak.dropped set seq = -seq where convert_from(key, 'UTF8') like 'counter/%%'"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica; delete from evalstore.audit_log where entity_id = '%s'",
                        Stage.AUDIT, "record", "an audit entry was acknowledged and is not there"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica; delete from evalstore.audit_log where request_id = '%s'",
                        Stage.AUDIT, "update", "the audit entry of a change was acknowledged and is not there"),
                spoiled(
                        "a user's name is not what the audit log says last",
                        "update evalstore.users set display_name = 'somebody else'"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.domain_events where payload ->> 'name' = '%s'",
                        Stage.EVENTS, "append", "an event was acknowledged and is not there"),
                new SpoiledDatabase(
                        "set local session_replication_role = replica;"
                                + " delete from evalstore.domain_events where payload ->> 'name' = '%s'",
                        Stage.EVENTS, "append", "an event was delivered that is not there"),
                new SpoiledDatabase(
                        "delete from soak.said where name = '%s'",
                        Stage.EVENTS, "append", "an event has its row, or the row its event, alone"),
                new SpoiledDatabase(
                        "delete from soak.heard where subscription || '/' || name || ':' || token = '%s'",
                        Stage.EVENTS, "hear", "a delivery was acknowledged and is not there"),
                new SpoiledDatabase(
                        "delete from soak.heard where subscription || '/' || name || ':' || token = '%s'",
                        Stage.EVENTS, "hear", "an event was not delivered"),
                new SpoiledDatabase(
                        "insert into soak.heard (subscription, name, event, token) select subscription, name, event, token"
                                + " from soak.heard where subscription || '/' || name || ':' || token = '%s'",
                        Stage.EVENTS, "hear", "an event was delivered more than once"),
                new SpoiledDatabase(
                        "update soak.heard set token = 0 where subscription || '/' || name || ':' || token = '%s'",
                        Stage.EVENTS, "hear", "a delivery is there and nobody tried it"),
                spoiled("a lease was used after another", "update soak.heard set token = -token"),
                spoiled(
                        "the events of an aggregate were delivered in another order",
                        "update soak.heard set seq = -seq"),
                spoiled(
                        "the events of an aggregate are in another order than their commits",
                        "update soak.said set seq = -seq"),
                spoiled(
                        "a lock was used after somebody else had it: soak 0",
                        "insert into soak.turns (resource, token, name) values ('soak', 0, 'x')"),
                spoiled(
                        "a lock was used after somebody else had it: leader 0",
                        "insert into soak.turns (resource, token, name) values ('leader', 0, 'x')"),
                new SpoiledDatabase(
                        "delete from soak.turns where name = '%s'",
                        Stage.LOCKS, "order", "a turn was acknowledged and is not there"),
                new SpoiledDatabase(
                        "insert into soak.turns (resource, token, name)"
                                + " select resource, token, name from soak.turns where name = '%s'",
                        Stage.LOCKS, "order", "a turn is there more than once"));
    }
}
