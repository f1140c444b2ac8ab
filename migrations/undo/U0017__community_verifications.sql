-- Undoes V0017__community_verifications.sql: every community verification and every vote is lost.
drop table ${schema}.verification_votes;
drop table ${schema}.community_verifications;
