-- Undoes V0015__verifications.sql: every verification is lost. The levels of submissions stay as they are.
drop table ${schema}.verification_steps;
drop table ${schema}.verification_attempts;
drop table ${schema}.verification_leases;
drop table ${schema}.verification_ready;
drop table ${schema}.verification_lanes;
drop table ${schema}.verifications;
