-- Undoes V0022__proposals.sql: all proposals and votes are lost.
drop table ${schema}.votes;
drop table ${schema}.proposals;
