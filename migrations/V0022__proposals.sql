-- Purpose: proposals of changes to the exchange, and the votes on them.
-- Locks: benchmark_definitions and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0022__proposals.sql

create table ${schema}.proposals (
    id uuid not null default ${schema}.uuid_v7(),
    kind text not null,
    title text not null,
    description text not null,
    rationale text not null,
    status text not null default 'draft',
    definition_id uuid,
    proposed_definition jsonb,
    voting_starts_at timestamptz,
    voting_ends_at timestamptz,
    votes_for bigint not null default 0,
    votes_against bigint not null default 0,
    votes_abstain bigint not null default 0,
    quorum bigint not null,
    threshold numeric(7, 6) not null default 0.66,
    outcome text,
    discussion_url text,
    discussion_closed boolean not null default false,
    implemented_at timestamptz,
    implemented_by uuid,
    notes text,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint proposals_pkey primary key (id),
    constraint proposals_definition_fk foreign key (definition_id)
        references ${schema}.benchmark_definitions (id) on delete restrict,
    constraint proposals_implemented_by_fk foreign key (implemented_by)
        references ${schema}.users (id) on delete set null,
    constraint proposals_created_by_fk foreign key (created_by) references ${schema}.users (id) on delete set null,
    constraint proposals_kind_valid
        check (kind in ('new_benchmark', 'update_benchmark', 'deprecate_benchmark', 'policy_change')),
    constraint proposals_status_valid
        check (status in ('draft', 'under_review', 'voting', 'approved', 'rejected', 'withdrawn')),
    constraint proposals_outcome_valid check (outcome in ('approved', 'rejected', 'quorum_not_met')),
    constraint proposals_title_length check (title ~ '\S' and length(title) <= 200),
    constraint proposals_description_length check (description ~ '\S' and length(description) <= 20000),
    constraint proposals_rationale_length check (rationale ~ '\S' and length(rationale) between 10 and 20000),
    constraint proposals_fields_of_kind check (case kind
        when 'new_benchmark' then
            proposed_definition is not null and (definition_id is not null) = (implemented_at is not null)
        when 'update_benchmark' then definition_id is not null and proposed_definition is not null
        when 'deprecate_benchmark' then definition_id is not null and proposed_definition is null
        else definition_id is null and proposed_definition is null end),
    constraint proposals_proposed_definition_object check (jsonb_typeof(proposed_definition) = 'object'),
    constraint proposals_window_when_voted check (case status
        when 'draft' then voting_starts_at is null and voting_ends_at is null
        when 'under_review' then voting_starts_at is null and voting_ends_at is null
        when 'withdrawn' then (voting_starts_at is null) = (voting_ends_at is null)
        else voting_starts_at is not null and voting_ends_at is not null end),
    constraint proposals_window_order check (voting_starts_at < voting_ends_at),
    constraint proposals_votes_range check (votes_for >= 0 and votes_against >= 0 and votes_abstain >= 0),
    constraint proposals_votes_when_voted
        check (voting_starts_at is not null or votes_for + votes_against + votes_abstain = 0),
    constraint proposals_quorum_range check (quorum between 1 and 1000000000000),
    constraint proposals_threshold_range check (threshold between 0.5 and 1),
    constraint proposals_outcome_when_closed check (case
        when outcome is null then status not in ('approved', 'rejected')
        when outcome = 'approved' then status = 'approved'
        else status = 'rejected' end),
    constraint proposals_outcome_by_votes check (outcome is null or outcome = case
        when votes_for + votes_against + votes_abstain < quorum then 'quorum_not_met'
        when votes_for + votes_against > 0 and votes_for >= threshold * (votes_for + votes_against) then 'approved'
        else 'rejected' end),
    constraint proposals_discussion_url_format
        check (discussion_url ~ '^https?://\S+$' and length(discussion_url) <= 2000),
    constraint proposals_implemented_when_approved check (implemented_at is null or status = 'approved'),
    constraint proposals_implementer_when_implemented check (implemented_at is not null or implemented_by is null),
    constraint proposals_notes_length check (notes ~ '\S' and length(notes) <= 20000)
) with (fillfactor = 85);

create index idx_proposals_created_at on ${schema}.proposals (created_at, id);
create index idx_proposals_status_created_at on ${schema}.proposals (status, created_at, id);
create index idx_proposals_definition_id on ${schema}.proposals (definition_id) where definition_id is not null;
create index idx_proposals_created_by on ${schema}.proposals (created_by, created_at, id) where created_by is not null;
create index idx_proposals_implemented_by on ${schema}.proposals (implemented_by) where implemented_by is not null;
create index idx_proposals_due on ${schema}.proposals (voting_ends_at, id) where status = 'voting';

create trigger proposals_touch before update on ${schema}.proposals
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.proposals is
    'Changes that members propose, review, amend and vote on. Locked before anything that hangs on one is written.';
comment on column ${schema}.proposals.kind is 'What is to be changed; each kind demands its own fields.';
comment on column ${schema}.proposals.title is 'The change in a line.';
comment on column ${schema}.proposals.rationale is 'Why it should be; of a deprecation, what users are told.';
comment on column ${schema}.proposals.status is 'Where it is; draft at first.';
comment on column ${schema}.proposals.definition_id is
    'The definition that is to be changed; of a new benchmark the one that was created, once it is implemented.';
comment on column ${schema}.proposals.proposed_definition is
    'Of a new benchmark the whole definition with its first version, of an update what is to change.';
comment on column ${schema}.proposals.voting_starts_at is 'From when on votes count.';
comment on column ${schema}.proposals.voting_ends_at is 'Until when votes count, not included.';
comment on column ${schema}.proposals.votes_for is 'The sum of the power of the votes that approve, as votes has rows of them.';
comment on column ${schema}.proposals.votes_against is 'The same of the votes that reject.';
comment on column ${schema}.proposals.votes_abstain is 'The same of the votes that do neither; they count for the quorum alone.';
comment on column ${schema}.proposals.quorum is 'So much power must have voted, abstentions included.';
comment on column ${schema}.proposals.threshold is
    'The share of the power for and against that must be for: approved where for >= threshold * (for + against).';
comment on column ${schema}.proposals.outcome is 'What the votes came to when the voting was closed.';
comment on column ${schema}.proposals.discussion_url is 'Where it is discussed elsewhere.';
comment on column ${schema}.proposals.discussion_closed is 'Whether no more comments and amendments are taken.';
comment on column ${schema}.proposals.implemented_at is 'When its effect was applied, once.';
comment on column ${schema}.proposals.implemented_by is 'The user who applied it; null for the platform, or once removed.';
comment on column ${schema}.proposals.notes is 'What else is to be known about it.';
comment on column ${schema}.proposals.created_by is 'The user who proposes it; null for the platform, or once removed.';

create table ${schema}.votes (
    proposal_id uuid not null,
    user_id uuid not null,
    choice text not null,
    power int not null default 1,
    reasoning text,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint votes_pkey primary key (proposal_id, user_id),
    constraint votes_proposal_fk foreign key (proposal_id) references ${schema}.proposals (id) on delete restrict,
    constraint votes_user_fk foreign key (user_id) references ${schema}.users (id) on delete restrict,
    constraint votes_choice_valid check (choice in ('approve', 'reject', 'abstain')),
    constraint votes_power_range check (power between 1 and 1000000),
    constraint votes_reasoning_length check (reasoning ~ '\S' and length(reasoning) <= 5000)
);

create index idx_votes_created_at on ${schema}.votes (proposal_id, created_at, user_id);
create index idx_votes_user_id_created_at on ${schema}.votes (user_id, created_at, proposal_id);

create trigger votes_touch before update on ${schema}.votes
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.votes is
    'A user''s vote on a proposal, which is locked before a vote is written, and counts it. One for a user and proposal.';
comment on column ${schema}.votes.choice is 'approve, reject or abstain.';
comment on column ${schema}.votes.power is 'What the vote weighs.';
comment on column ${schema}.votes.reasoning is 'Why the user votes so.';
