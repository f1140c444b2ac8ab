-- Undoes V0033__job_traces.sql: jobs run as before, each in a trace of its own.
alter table ${schema}.jobs drop column trace_parent, drop column trace_state;
