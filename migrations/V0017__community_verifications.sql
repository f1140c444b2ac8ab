-- Purpose: reports of users who ran a submission again, and the votes of others on them.
-- Locks: submissions and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0017__community_verifications.sql

create table ${schema}.community_verifications (
    id uuid not null default ${schema}.uuid_v7(),
    submission_id uuid not null,
    verifier_id uuid not null,
    reproduced boolean not null,
    reproduced_score double precision,
    environment_description text not null,
    environment_hash text collate "C",
    evidence_url text,
    notes text not null default '',
    up int not null default 0,
    down int not null default 0,
    flagged boolean not null default false,
    review text,
    reviewed_by uuid,
    reviewed_at timestamptz,
    review_notes text,
    reached_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint community_verifications_pkey primary key (id),
    constraint community_verifications_verifier_unique unique (submission_id, verifier_id),
    constraint community_verifications_submission_fk foreign key (submission_id)
        references ${schema}.submissions (id) on delete restrict,
    constraint community_verifications_verifier_fk foreign key (verifier_id)
        references ${schema}.users (id) on delete restrict,
    constraint community_verifications_reviewed_by_fk foreign key (reviewed_by)
        references ${schema}.users (id) on delete set null,
    constraint community_verifications_reproduced_score_range check (reproduced_score between -1e300 and 1e300),
    constraint community_verifications_environment_description_length
        check (environment_description ~ '\S' and length(environment_description) <= 5000),
    constraint community_verifications_environment_hash_format check (environment_hash ~ '^[0-9a-f]{64}$'),
    constraint community_verifications_evidence_url_format
        check (evidence_url ~ '^https?://\S+$' and length(evidence_url) <= 2000),
    constraint community_verifications_notes_length
        check (notes = '' or notes ~ '\S' and length(notes) <= 20000),
    constraint community_verifications_votes_range check (up >= 0 and down >= 0),
    constraint community_verifications_review_valid check (review in ('approved', 'rejected')),
    constraint community_verifications_reviewed_at_when_reviewed check ((reviewed_at is not null) = (review is not null)),
    constraint community_verifications_reviewer_when_reviewed
        check (review is not null or reviewed_by is null and review_notes is null),
    constraint community_verifications_reviewed_by_another check (reviewed_by <> verifier_id),
    constraint community_verifications_review_notes_length
        check (review_notes ~ '\S' and length(review_notes) <= 5000),
    constraint community_verifications_reached_when_reproduced check (reached_at is null or reproduced)
) with (fillfactor = 85);

create index idx_community_verifications_submission_id_created_at
    on ${schema}.community_verifications (submission_id, created_at, id);
create index idx_community_verifications_verifier_id_created_at
    on ${schema}.community_verifications (verifier_id, created_at, id);
create index idx_community_verifications_reviewed_by
    on ${schema}.community_verifications (reviewed_by) where reviewed_by is not null;
create index idx_community_verifications_created_at on ${schema}.community_verifications (created_at, id);
create index idx_community_verifications_flagged
    on ${schema}.community_verifications (created_at, id) where flagged;

create trigger community_verifications_touch before update on ${schema}.community_verifications
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.community_verifications is
    'A user''s report of running a submission again: whether the result came out, with the evidence. One for a user and submission.';
comment on column ${schema}.community_verifications.verifier_id is
    'Who ran it again: neither the submitter nor a member of the submission''s organization.';
comment on column ${schema}.community_verifications.reproduced is 'Whether the result came out again.';
comment on column ${schema}.community_verifications.reproduced_score is 'The aggregate score that came out.';
comment on column ${schema}.community_verifications.environment_description is 'Where it was run again, in words.';
comment on column ${schema}.community_verifications.environment_hash is
    'SHA-256 of the canonical form of that environment, in hexadecimal.';
comment on column ${schema}.community_verifications.evidence_url is 'Where logs and outputs of the run are.';
comment on column ${schema}.community_verifications.notes is 'What the verifier says about it; may be empty.';
comment on column ${schema}.community_verifications.up is 'The votes for it, as many as verification_votes has rows of them.';
comment on column ${schema}.community_verifications.down is 'The votes against it.';
comment on column ${schema}.community_verifications.flagged is
    'Whether moderators are asked to look at it. While it is, its votes raise nothing.';
comment on column ${schema}.community_verifications.review is
    'approved or rejected, by a moderator; null for neither. The votes of a rejected one raise nothing.';
comment on column ${schema}.community_verifications.reviewed_by is 'The moderator; null once removed.';
comment on column ${schema}.community_verifications.reviewed_at is 'When it was reviewed last.';
comment on column ${schema}.community_verifications.review_notes is 'Why the moderator decided so.';
comment on column ${schema}.community_verifications.reached_at is
    'When its votes reached the threshold. That counts once: after a revocation the same votes raise nothing again.';

create table ${schema}.verification_votes (
    community_verification_id uuid not null,
    user_id uuid not null,
    direction text not null,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint verification_votes_pkey primary key (community_verification_id, user_id),
    constraint verification_votes_community_verification_fk foreign key (community_verification_id)
        references ${schema}.community_verifications (id) on delete restrict,
    constraint verification_votes_user_fk foreign key (user_id) references ${schema}.users (id) on delete restrict,
    constraint verification_votes_direction_valid check (direction in ('up', 'down'))
);

create index idx_verification_votes_created_at
    on ${schema}.verification_votes (community_verification_id, created_at, user_id);
create index idx_verification_votes_user_id on ${schema}.verification_votes (user_id);

create trigger verification_votes_touch before update on ${schema}.verification_votes
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.verification_votes is
    'A user''s vote on a community verification, which is locked before a vote is written, and counts it.';
comment on column ${schema}.verification_votes.direction is 'up or down: for or against it.';
