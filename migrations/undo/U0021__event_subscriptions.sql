-- Undoes V0021__event_subscriptions.sql: all subscriptions are lost, and how far each was. Events stay.
drop table ${schema}.event_parked;
drop table ${schema}.event_cursors;
drop table ${schema}.event_subscriptions;
drop sequence ${schema}.event_lease_tokens;
