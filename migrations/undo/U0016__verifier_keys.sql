-- Undoes V0016__verifier_keys.sql: every verifier's key is lost, and so what their signatures can be checked by.
drop table ${schema}.verifier_keys;
