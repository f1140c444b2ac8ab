-- Undoes V0030__state_incarnation.sql: tokens of feeds are then those of the library's version before it.
drop table ${schema}.state_incarnation;
