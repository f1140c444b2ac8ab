-- Undoes V0010__user_tokens.sql: every one-time token is lost, those that people have been sent too.
drop table ${schema}.user_tokens;
