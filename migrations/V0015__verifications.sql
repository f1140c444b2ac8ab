-- Purpose: verifications of submissions: what is to be verified, who is at it, and what came of it.
-- Locks: submissions, benchmark_definitions and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0015__verifications.sql

create table ${schema}.verifications (
    id uuid not null default ${schema}.uuid_v7(),
    seq bigint not null generated always as identity,
    submission_id uuid not null,
    lane int not null,
    kind text not null,
    config jsonb not null default '{}',
    losses int not null default 0,
    outcome text,
    verifier_id uuid,
    verifier_label text,
    verifier_ref text collate "C",
    started_at timestamptz,
    completed_at timestamptz,
    success boolean,
    reproduced_score double precision,
    score_difference double precision,
    environment_match boolean,
    confidence double precision,
    details jsonb,
    failure_reason text,
    attestation_url text,
    attestation_signature text,
    attestation_algorithm text,
    attestation_key_id text,
    attestation_signed_at timestamptz,
    attestation_metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint verifications_pkey primary key (id),
    constraint verifications_seq_unique unique (seq),
    constraint verifications_submission_fk foreign key (submission_id) references ${schema}.submissions (id) on delete restrict,
    constraint verifications_verifier_fk foreign key (verifier_id) references ${schema}.users (id) on delete set null,
    constraint verifications_kind_valid check (kind in ('platform', 'auditor')),
    constraint verifications_config_object check (jsonb_typeof(config) = 'object'),
    constraint verifications_losses_range check (losses >= 0),
    constraint verifications_outcome_valid check (outcome in ('completed', 'failed', 'cancelled')),
    constraint verifications_completed_at_when_ended check ((completed_at is not null) = (outcome is not null)),
    constraint verifications_started_before_completed check (started_at <= completed_at),
    constraint verifications_verifier_label_given check (verifier_label ~ '\S'),
    constraint verifications_verifier_ref_format check (verifier_ref ~ '^(user|worker) \S'),
    constraint verifications_verifier_ref_with_label check ((verifier_ref is null) = (verifier_label is null)),
    constraint verifications_result_when_completed check (
        case when outcome = 'completed'
            then num_nulls(verifier_label, started_at, success, reproduced_score, score_difference, environment_match) = 0
            else num_nonnulls(success, reproduced_score, score_difference, environment_match, confidence, details,
                attestation_url, attestation_signature, attestation_metadata) = 0 end),
    -- NaN and Infinity are beyond it.
    constraint verifications_reproduced_score_range check (reproduced_score between '-1e300' and '1e300'),
    constraint verifications_score_difference_range check (score_difference between '-2e300' and '2e300'),
    constraint verifications_confidence_range check (confidence between 0 and 1),
    constraint verifications_details_object check (jsonb_typeof(details) = 'object'),
    constraint verifications_failure_reason_when_failed
        check ((failure_reason is not null) = (outcome is not distinct from 'failed')),
    constraint verifications_failure_reason_length check (failure_reason ~ '\S' and length(failure_reason) <= 10000),
    constraint verifications_attestation_url_format
        check (attestation_url ~ '^https?://\S+$' and length(attestation_url) <= 2000),
    constraint verifications_attestation_complete check (
        num_nulls(attestation_signature, attestation_algorithm, attestation_key_id, attestation_signed_at) in (0, 4)),
    constraint verifications_attestation_signature_length
        check (attestation_signature ~ '\S' and length(attestation_signature) <= 1000),
    constraint verifications_attestation_algorithm_length
        check (attestation_algorithm ~ '\S' and length(attestation_algorithm) <= 100),
    constraint verifications_attestation_key_id_length
        check (attestation_key_id ~ '\S' and length(attestation_key_id) <= 200),
    constraint verifications_attestation_metadata_object check (jsonb_typeof(attestation_metadata) = 'object')
);

-- A violation names it to the caller: a submission has at most one verification that has not ended.
create unique index idx_verifications_submission_id_unfinished
    on ${schema}.verifications (submission_id) where outcome is null;
create index idx_verifications_submission_id_created_at on ${schema}.verifications (submission_id, created_at, id);
create index idx_verifications_verifier_id_created_at
    on ${schema}.verifications (verifier_id, created_at, id) where verifier_id is not null;
create index idx_verifications_created_at on ${schema}.verifications (created_at, id);

create trigger verifications_touch before update on ${schema}.verifications
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.verifications is
    'Independent repetitions of submissions. One without an outcome is in verification_ready or in verification_leases.';
comment on column ${schema}.verifications.seq is 'Its number, in the order of requests: names it in the narrow tables.';
comment on column ${schema}.verifications.lane is 'Its lane in the narrow tables; follows from definition and kind.';
comment on column ${schema}.verifications.kind is
    'platform or auditor: on whose authority it is done, and so which level it gives.';
comment on column ${schema}.verifications.config is 'How to verify, as the verifier reads it.';
comment on column ${schema}.verifications.losses is
    'How many workers were lost or ran out of time with it; after five it has failed.';
comment on column ${schema}.verifications.outcome is 'completed, failed or cancelled; null while it is waiting or claimed.';
comment on column ${schema}.verifications.verifier_id is
    'The person who ended it; null where a worker did, while it has not ended, and after the user was removed.';
comment on column ${schema}.verifications.verifier_label is
    'Who ended it, for people: a user''s or a worker''s name. It stays when the user is removed.';
comment on column ${schema}.verifications.verifier_ref is
    'Who ended it, for comparison: user and the id, or worker and the name. It never changes.';
comment on column ${schema}.verifications.started_at is 'When it was claimed by the one who ended it.';
comment on column ${schema}.verifications.completed_at is 'When it was completed, had failed or was cancelled.';
comment on column ${schema}.verifications.success is 'Whether the verifier confirms the submission.';
comment on column ${schema}.verifications.reproduced_score is 'The score that the verifier got.';
comment on column ${schema}.verifications.score_difference is 'That score less the submission''s.';
comment on column ${schema}.verifications.environment_match is 'Whether the verifier''s environment was that of the submission.';
comment on column ${schema}.verifications.confidence is 'How sure the verifier is, 0 to 1.';
comment on column ${schema}.verifications.details is 'What else the verifier found, in its own shape.';
comment on column ${schema}.verifications.failure_reason is 'Why nothing could be verified; given exactly where it has failed.';
comment on column ${schema}.verifications.attestation_url is 'Where the attestation is published.';
comment on column ${schema}.verifications.attestation_signature is 'The signature of the attested text, in Base64.';
comment on column ${schema}.verifications.attestation_algorithm is 'How it was signed, such as Ed25519.';
comment on column ${schema}.verifications.attestation_key_id is 'The key that it was signed with.';
comment on column ${schema}.verifications.attestation_signed_at is 'When it was signed, as the signed text says.';
comment on column ${schema}.verifications.attestation_metadata is 'What else belongs to the attestation, in the verifier''s shape.';

create table ${schema}.verification_lanes (
    lane int generated always as identity,
    definition_id uuid not null,
    kind text not null,
    constraint verification_lanes_pkey primary key (lane),
    constraint verification_lanes_definition_kind_unique unique (definition_id, kind),
    constraint verification_lanes_definition_fk
        foreign key (definition_id) references ${schema}.benchmark_definitions (id) on delete cascade,
    constraint verification_lanes_kind_valid check (kind in ('platform', 'auditor'))
);
comment on table ${schema}.verification_lanes is
    'One for each definition and kind that has verifications: what one claim can be limited to.';
comment on column ${schema}.verification_lanes.lane is 'Its number in the narrow tables.';
comment on column ${schema}.verification_lanes.kind is 'The kind of its verifications; workers claim platform ones.';

create table ${schema}.verification_ready (
    lane int not null,
    rank int not null,
    seq bigint not null,
    timeout_seconds int not null,
    attempt int not null,
    constraint verification_ready_pkey primary key (lane, rank, seq)
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.verification_ready is 'Verifications that may be claimed. Rows are inserted and deleted, never updated.';
comment on column ${schema}.verification_ready.lane is 'The number of definition and kind.';
comment on column ${schema}.verification_ready.rank is 'Always 0: the oldest is claimed first.';
comment on column ${schema}.verification_ready.seq is 'The verification''s number.';
comment on column ${schema}.verification_ready.timeout_seconds is 'Bounds the next attempt, unless the claim names another time.';
comment on column ${schema}.verification_ready.attempt is 'How many workers were lost with it.';

create table ${schema}.verification_leases (
    seq bigint not null,
    token bigint not null,
    worker bigint,
    verifier_id uuid,
    lane int not null,
    rank int not null,
    timeout_seconds int not null,
    attempt int not null,
    claimed_at timestamptz not null,
    deadline timestamptz not null,
    constraint verification_leases_pkey primary key (seq),
    constraint verification_leases_held_by_one check (num_nonnulls(worker, verifier_id) = 1)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
comment on table ${schema}.verification_leases is
    'Verifications that a worker or a person is at. As small as the work in flight, so it is scanned rather than indexed.';
comment on column ${schema}.verification_leases.seq is 'The verification''s number.';
comment on column ${schema}.verification_leases.token is 'The fence: new with every claim, never used again.';
comment on column ${schema}.verification_leases.worker is 'The generation of its worker; null where a person claimed it.';
comment on column ${schema}.verification_leases.verifier_id is 'The user who claimed it; null where a worker did.';
comment on column ${schema}.verification_leases.lane is 'The number of definition and kind.';
comment on column ${schema}.verification_leases.rank is 'As in verification_ready.';
comment on column ${schema}.verification_leases.timeout_seconds is 'As in verification_ready.';
comment on column ${schema}.verification_leases.attempt is 'As in verification_ready.';
comment on column ${schema}.verification_leases.claimed_at is 'When it was claimed.';
comment on column ${schema}.verification_leases.deadline is
    'When the claim has run out of time, whatever its worker''s heartbeats say. A person has no heartbeats.';

create table ${schema}.verification_attempts (
    verification_id uuid not null,
    attempt int not null,
    score double precision,
    duration_ms bigint not null,
    environment_hash text collate "C",
    success boolean not null,
    error text,
    logs_url text,
    started_at timestamptz not null,
    completed_at timestamptz not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint verification_attempts_pkey primary key (verification_id, attempt),
    constraint verification_attempts_verification_fk
        foreign key (verification_id) references ${schema}.verifications (id) on delete cascade,
    constraint verification_attempts_attempt_range check (attempt between 1 and 1000),
    constraint verification_attempts_score_range check (score between '-1e300' and '1e300'),
    constraint verification_attempts_score_when_success check (score is not null or not success),
    constraint verification_attempts_duration_ms_range check (duration_ms between 0 and 3153600000000),
    constraint verification_attempts_environment_hash_format check (environment_hash ~ '^[0-9a-f]{64}$'),
    constraint verification_attempts_error_without_success check (error is null or not success),
    constraint verification_attempts_error_length check (error ~ '\S' and length(error) <= 10000),
    constraint verification_attempts_logs_url_format check (logs_url ~ '^https?://\S+$' and length(logs_url) <= 2000),
    constraint verification_attempts_started_before_completed check (started_at <= completed_at)
);
comment on table ${schema}.verification_attempts is 'The repetitions of the run that a verifier made, also those that crashed.';
comment on column ${schema}.verification_attempts.attempt is 'Its number in the verification, from 1.';
comment on column ${schema}.verification_attempts.score is 'The score that it got; null where it crashed.';
comment on column ${schema}.verification_attempts.duration_ms is 'How long it took, in milliseconds.';
comment on column ${schema}.verification_attempts.environment_hash is
    'SHA-256 of the canonical form of the environment it ran in, in hexadecimal.';
comment on column ${schema}.verification_attempts.success is 'Whether it confirms the submission.';
comment on column ${schema}.verification_attempts.error is 'Why it did not.';
comment on column ${schema}.verification_attempts.logs_url is 'Where its logs are.';

create table ${schema}.verification_steps (
    verification_id uuid not null,
    step int not null,
    name text not null,
    status text not null,
    output jsonb,
    error text,
    started_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint verification_steps_pkey primary key (verification_id, step),
    constraint verification_steps_verification_fk
        foreign key (verification_id) references ${schema}.verifications (id) on delete cascade,
    constraint verification_steps_step_range check (step between 1 and 1000),
    constraint verification_steps_name_length check (name ~ '\S' and length(name) <= 200),
    constraint verification_steps_status_valid
        check (status in ('pending', 'in_progress', 'completed', 'failed', 'skipped')),
    constraint verification_steps_error_when_failed check (error is null or status = 'failed'),
    constraint verification_steps_error_length check (error ~ '\S' and length(error) <= 10000),
    constraint verification_steps_started_before_completed check (started_at <= completed_at),
    constraint verification_steps_times_by_status check (
        case status when 'in_progress' then started_at is not null and completed_at is null
            when 'completed' then num_nulls(started_at, completed_at) = 0
            when 'failed' then num_nulls(started_at, completed_at) = 0
            else num_nonnulls(started_at, completed_at) = 0 end)
);

create trigger verification_steps_touch before update on ${schema}.verification_steps
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.verification_steps is 'What a verifier does, step by step, as far as it is.';
comment on column ${schema}.verification_steps.step is 'Its number in the verification, from 1.';
comment on column ${schema}.verification_steps.status is 'pending, in_progress, completed, failed or skipped.';
comment on column ${schema}.verification_steps.output is 'What came of it, in the verifier''s shape.';
comment on column ${schema}.verification_steps.error is 'Why it failed.';
