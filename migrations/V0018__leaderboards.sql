-- Purpose: the boards of versions of benchmark definitions: of each model the best submission, and from when to when it was.
-- Locks: submissions against writers while the foreign key to it is made; all else is new.
-- Undo: undo/U0018__leaderboards.sql

create table ${schema}.leaderboard_entries (
    version_id uuid not null,
    board text collate "C" not null,
    subject_key uuid not null,
    submission_id uuid not null,
    board_score double precision not null,
    submitted_at timestamptz not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    constraint leaderboard_entries_pkey primary key (version_id, subject_key, board, valid_from),
    constraint leaderboard_entries_submission_fk foreign key (version_id, submission_id)
        references ${schema}.submissions (version_id, id) on delete restrict,
    constraint leaderboard_entries_board_valid
        check (board in ('overall', 'community', 'verified', 'audited', 'official')),
    constraint leaderboard_entries_valid_from_before_valid_to check (valid_from < valid_to)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02);

create unique index idx_leaderboard_entries_open
    on ${schema}.leaderboard_entries (version_id, board, subject_key) where valid_to is null;
-- Boards in order. Ranks are counted in the index alone.
create index idx_leaderboard_entries_order
    on ${schema}.leaderboard_entries (version_id, board, board_score, submitted_at, submission_id)
    where valid_to is null;
-- As of a moment, of all entries: among open ones alone the first that is old enough may be far away.
create index idx_leaderboard_entries_order_all
    on ${schema}.leaderboard_entries (version_id, board, board_score, submitted_at, submission_id) include (valid_from, valid_to);
-- What came and went since a moment, to count ranks from the marks of that moment.
create index idx_leaderboard_entries_valid_from
    on ${schema}.leaderboard_entries (version_id, board, valid_from) include (board_score, valid_to);
create index idx_leaderboard_entries_valid_to
    on ${schema}.leaderboard_entries (version_id, board, valid_to) include (board_score, valid_from)
    where valid_to is not null;

comment on table ${schema}.leaderboard_entries is
    'The best live public submission of a model on a board of a version, and when it was that. Kept by whoever changes a submission.';
comment on column ${schema}.leaderboard_entries.version_id is 'The version of a benchmark definition.';
comment on column ${schema}.leaderboard_entries.board is
    'overall, community, verified, audited or official: which submissions the board admits.';
comment on column ${schema}.leaderboard_entries.subject_key is 'The model, as in submissions.';
comment on column ${schema}.leaderboard_entries.submission_id is 'The best submission of the model.';
comment on column ${schema}.leaderboard_entries.board_score is 'Its score so that less is better.';
comment on column ${schema}.leaderboard_entries.submitted_at is 'When it was submitted: of equal scores the earlier comes first.';
comment on column ${schema}.leaderboard_entries.valid_from is 'Since when it is the best.';
comment on column ${schema}.leaderboard_entries.valid_to is 'Since when it is no longer the best; null while it is.';

create table ${schema}.leaderboard_marks (
    version_id uuid not null,
    board text collate "C" not null,
    marked_at timestamptz not null,
    board_score double precision not null,
    better bigint not null,
    submission_id uuid not null,
    constraint leaderboard_marks_pkey primary key (version_id, board, marked_at, board_score),
    constraint leaderboard_marks_submission_fk foreign key (version_id, submission_id)
        references ${schema}.submissions (version_id, id) on delete restrict,
    constraint leaderboard_marks_board_valid check (board in ('overall', 'community', 'verified', 'audited', 'official')),
    constraint leaderboard_marks_better_range check (better >= 0)
);

comment on table ${schema}.leaderboard_marks is
    'Every five-hundredth place of a large board at a moment, so that ranks need not be counted from the first. Made by maintenance.';
comment on column ${schema}.leaderboard_marks.version_id is 'The version of a benchmark definition.';
comment on column ${schema}.leaderboard_marks.board is 'overall, community, verified, audited or official.';
comment on column ${schema}.leaderboard_marks.marked_at is 'The moment, after which no entry of before it was committed.';
comment on column ${schema}.leaderboard_marks.board_score is 'The score at the place; of the first place, one below all.';
comment on column ${schema}.leaderboard_marks.better is 'How many entries had a lower board_score at the moment.';
comment on column ${schema}.leaderboard_marks.submission_id is 'The submission that had the place.';

-- Read with the rights of the caller.
create view ${schema}.leaderboard_current with (security_invoker = true) as
    select e.version_id, e.board,
        rank() over (partition by e.version_id, e.board order by e.board_score) as rank,
        s.model_provider, s.model_name, s.model_version, s.aggregate_score, s.verification_level, s.official,
        e.submission_id, e.submitted_at, e.valid_from
    from ${schema}.leaderboard_entries e
    join ${schema}.submissions s on s.id = e.submission_id
    where e.valid_to is null and s.visibility = 'public' and s.deleted_at is null;

comment on view ${schema}.leaderboard_current is
    'The boards as they are. Name version and board, and order by rank, submitted_at, submission_id.';
