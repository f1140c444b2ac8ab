-- Purpose: the trace that a job belongs to, from the request that enqueued it to the handler that runs it.
-- Locks: access exclusive on jobs, while the constraints are checked against its rows: a scan, without rewriting them.
-- Undo: undo/U0033__job_traces.sql

alter table ${schema}.jobs
    add column trace_parent text,
    add column trace_state text,
    add constraint jobs_trace_whole check (trace_parent is not null or trace_state is null),
    add constraint jobs_trace_size check (octet_length(trace_parent) <= 200 and octet_length(trace_state) <= 4096);
comment on column ${schema}.jobs.trace_parent is
    'The trace that the job belongs to: the header traceparent of W3C Trace Context; null for none.';
comment on column ${schema}.jobs.trace_state is 'The header tracestate that came with it; null for none.';
