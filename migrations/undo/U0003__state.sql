-- Undoes V0003__state.sql: every namespace, checkpoint, change and lock is lost.
drop table ${schema}.state_locks;
drop table ${schema}.state_changes;
drop table ${schema}.state_checkpoints;
drop table ${schema}.state_history;
drop table ${schema}.state_entries;
drop table ${schema}.state_namespaces;
drop sequence ${schema}.state_lock_tokens;
drop sequence ${schema}.state_change_numbers;
drop sequence ${schema}.state_versions;
