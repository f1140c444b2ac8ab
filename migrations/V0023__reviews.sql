-- Purpose: reviews of proposals with their comments, and amendments of what proposals propose.
-- Locks: proposals and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0023__reviews.sql

create table ${schema}.reviews (
    id uuid not null default ${schema}.uuid_v7(),
    proposal_id uuid not null,
    reviewer_id uuid not null,
    status text not null default 'pending',
    decision text,
    summary text,
    submitted_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint reviews_pkey primary key (id),
    constraint reviews_reviewer_unique unique (proposal_id, reviewer_id),
    constraint reviews_proposal_fk foreign key (proposal_id) references ${schema}.proposals (id) on delete restrict,
    constraint reviews_reviewer_fk foreign key (reviewer_id) references ${schema}.users (id) on delete restrict,
    constraint reviews_status_valid check (status in ('pending', 'in_progress', 'completed', 'declined')),
    constraint reviews_decision_valid check (decision in ('approve', 'request_changes', 'reject')),
    constraint reviews_decision_when_completed check ((decision is not null) = (status = 'completed')),
    constraint reviews_submitted_at_when_completed check ((submitted_at is not null) = (status = 'completed')),
    constraint reviews_summary_length check (summary ~ '\S' and length(summary) <= 20000),
    constraint reviews_summary_when_ended check (summary is not null or status <> 'completed'),
    constraint reviews_summary_until_ended check (summary is null or status in ('completed', 'declined'))
) with (fillfactor = 85);

create index idx_reviews_proposal_id_created_at on ${schema}.reviews (proposal_id, created_at, id);
create index idx_reviews_reviewer_id_created_at on ${schema}.reviews (reviewer_id, created_at, id);
create index idx_reviews_created_at on ${schema}.reviews (created_at, id);

create trigger reviews_touch before update on ${schema}.reviews
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.reviews is
    'What a user who was asked says about a proposal. One for a user and proposal; whoever writes one locks the proposal before.';
comment on column ${schema}.reviews.reviewer_id is 'The user who was asked: not who made the proposal.';
comment on column ${schema}.reviews.status is 'pending, in_progress, completed or declined.';
comment on column ${schema}.reviews.decision is 'approve, request_changes or reject, once completed.';
comment on column ${schema}.reviews.summary is 'What the reviewer found, once completed; or why it was declined.';
comment on column ${schema}.reviews.submitted_at is 'When it was completed.';

create table ${schema}.review_comments (
    id uuid not null default ${schema}.uuid_v7(),
    review_id uuid not null,
    parent_id uuid,
    depth int not null default 0,
    kind text not null default 'comment',
    content text not null,
    path text,
    line_from int,
    line_to int,
    resolved_by uuid,
    resolved_at timestamptz,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint review_comments_pkey primary key (id),
    constraint review_comments_review_unique unique (review_id, id),
    constraint review_comments_review_fk foreign key (review_id) references ${schema}.reviews (id) on delete cascade,
    constraint review_comments_parent_fk foreign key (review_id, parent_id)
        references ${schema}.review_comments (review_id, id) on delete cascade,
    constraint review_comments_created_by_fk foreign key (created_by) references ${schema}.users (id) on delete set null,
    constraint review_comments_resolved_by_fk foreign key (resolved_by) references ${schema}.users (id) on delete set null,
    constraint review_comments_parent_another check (parent_id <> id),
    constraint review_comments_depth_range check (depth between 0 and 50 and (depth = 0) = (parent_id is null)),
    constraint review_comments_kind_valid check (kind in ('comment', 'suggestion', 'question', 'issue', 'praise')),
    constraint review_comments_content_length check (content ~ '\S' and length(content) <= 20000),
    constraint review_comments_path_length check (path ~ '\S' and length(path) <= 1000),
    constraint review_comments_lines_range check (line_from >= 1 and line_to >= line_from),
    constraint review_comments_lines_when_path
        check (num_nulls(line_from, line_to) in (0, 2) and (line_from is null or path is not null)),
    constraint review_comments_resolved_by_when_resolved check (resolved_by is null or resolved_at is not null)
) with (fillfactor = 85);

create index idx_review_comments_review_id_created_at on ${schema}.review_comments (review_id, created_at, id);
create index idx_review_comments_parent on ${schema}.review_comments (review_id, parent_id) where parent_id is not null;
create index idx_review_comments_created_by_created_at on ${schema}.review_comments (created_by, created_at, id)
    where created_by is not null;
create index idx_review_comments_resolved_by on ${schema}.review_comments (resolved_by) where resolved_by is not null;
create index idx_review_comments_created_at on ${schema}.review_comments (created_at, id);

create trigger review_comments_touch before update on ${schema}.review_comments
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.review_comments is 'A comment in a review, or a reply to one. With a comment go its replies.';
comment on column ${schema}.review_comments.parent_id is 'The comment of the same review that this replies to.';
comment on column ${schema}.review_comments.depth is 'How many comments it stands below: 0, or one more than its parent.';
comment on column ${schema}.review_comments.kind is 'comment, suggestion, question, issue or praise.';
comment on column ${schema}.review_comments.content is 'The text.';
comment on column ${schema}.review_comments.path is 'The part of the proposal, or the file, that it is about.';
comment on column ${schema}.review_comments.line_from is 'The first line that it is about, from 1.';
comment on column ${schema}.review_comments.line_to is 'The last line that it is about.';
comment on column ${schema}.review_comments.resolved_by is 'Who settled it; null once removed.';
comment on column ${schema}.review_comments.resolved_at is 'When it was settled.';
comment on column ${schema}.review_comments.created_by is 'Who wrote it; null once removed.';

create table ${schema}.proposal_amendments (
    id uuid not null default ${schema}.uuid_v7(),
    proposal_id uuid not null,
    title text not null,
    description text not null,
    changes jsonb not null,
    status text not null default 'proposed',
    decided_by uuid,
    decided_at timestamptz,
    reason text,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint proposal_amendments_pkey primary key (id),
    constraint proposal_amendments_proposal_fk foreign key (proposal_id)
        references ${schema}.proposals (id) on delete restrict,
    constraint proposal_amendments_created_by_fk foreign key (created_by)
        references ${schema}.users (id) on delete set null,
    constraint proposal_amendments_decided_by_fk foreign key (decided_by)
        references ${schema}.users (id) on delete set null,
    constraint proposal_amendments_title_length check (title ~ '\S' and length(title) <= 200),
    constraint proposal_amendments_description_length check (description ~ '\S' and length(description) <= 20000),
    constraint proposal_amendments_changes_object check (jsonb_typeof(changes) = 'object' and changes <> '{}'),
    constraint proposal_amendments_status_valid check (status in ('proposed', 'accepted', 'rejected', 'withdrawn')),
    constraint proposal_amendments_decided_at_when_decided check ((decided_at is not null) = (status <> 'proposed')),
    constraint proposal_amendments_decided_by_when_decided
        check (decided_by is null or status in ('accepted', 'rejected')),
    constraint proposal_amendments_reason_length check (reason ~ '\S' and length(reason) <= 1000),
    constraint proposal_amendments_reason_when_decided check (reason is null or status in ('accepted', 'rejected'))
) with (fillfactor = 85);

create index idx_proposal_amendments_proposal_id_created_at
    on ${schema}.proposal_amendments (proposal_id, created_at, id);
create index idx_proposal_amendments_created_by_created_at
    on ${schema}.proposal_amendments (created_by, created_at, id) where created_by is not null;
create index idx_proposal_amendments_decided_by
    on ${schema}.proposal_amendments (decided_by) where decided_by is not null;
create index idx_proposal_amendments_created_at on ${schema}.proposal_amendments (created_at, id);

create trigger proposal_amendments_touch before update on ${schema}.proposal_amendments
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.proposal_amendments is
    'A change of what a proposal proposes. An accepted one was applied to the proposal in the same commit.';
comment on column ${schema}.proposal_amendments.title is 'The change in a line.';
comment on column ${schema}.proposal_amendments.changes is
    'A merge patch by RFC 7396: members to set in the proposed definition, and null for those to remove.';
comment on column ${schema}.proposal_amendments.status is 'proposed, accepted, rejected or withdrawn.';
comment on column ${schema}.proposal_amendments.decided_by is 'Who accepted or rejected it; null once removed.';
comment on column ${schema}.proposal_amendments.decided_at is 'When it was accepted, rejected or withdrawn.';
comment on column ${schema}.proposal_amendments.reason is 'Why it was accepted or rejected.';
comment on column ${schema}.proposal_amendments.created_by is 'Who proposed it; null once removed.';
