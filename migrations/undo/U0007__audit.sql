-- Undoes V0007__audit.sql: the audit log and all events are lost.
drop table ${schema}.monitoring_events;
drop table ${schema}.audit_log;
drop function ${schema}.refuse_change();
