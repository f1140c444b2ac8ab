-- Undoes V0031__replica_heartbeats.sql: the heartbeat is lost, and the next read from replicas writes it anew.
drop table ${schema}.replica_heartbeats;
