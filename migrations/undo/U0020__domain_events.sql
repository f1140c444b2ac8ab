-- Undoes V0020__domain_events.sql: all domain events are lost.
drop table ${schema}.domain_events;
drop sequence ${schema}.domain_event_positions;
