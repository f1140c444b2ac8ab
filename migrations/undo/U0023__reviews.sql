-- Undoes V0023__reviews.sql: every review, comment and amendment is lost. What an accepted amendment changed stays changed.
drop table ${schema}.proposal_amendments;
drop table ${schema}.review_comments;
drop table ${schema}.reviews;
