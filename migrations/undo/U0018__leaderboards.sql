-- Undoes V0018__leaderboards.sql: every board is lost, and how it stood.
drop view ${schema}.leaderboard_current;
drop table ${schema}.leaderboard_marks;
drop table ${schema}.leaderboard_entries;
