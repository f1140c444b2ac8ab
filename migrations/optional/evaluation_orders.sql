-- Purpose: indexes for lists of all evaluations by score, latency or cost (EvaluationOrder), both ways. Without them such a list reads
--          through the rows that its filter admits, which is fast for those of an experiment or run, and slow for millions. Each makes
--          storing evaluations a little slower. Drop those lines whose order nobody lists by.
-- Run by:  the schema's owner, with the schema's name in place of the placeholder:
--          sed 's/${schema}/evalstore/g' evaluation_orders.sql | psql --single-transaction -v ON_ERROR_STOP=1 …
-- Locks:   evaluations against writers while each index is made.
-- Undo:    drop index ${schema}.idx_evaluations_score, ${schema}.idx_evaluations_latency_ms, ${schema}.idx_evaluations_cost_usd
create index if not exists idx_evaluations_score on ${schema}.evaluations (score, id) where score is not null;
create index if not exists idx_evaluations_latency_ms on ${schema}.evaluations (latency_ms, id) where latency_ms is not null;
create index if not exists idx_evaluations_cost_usd on ${schema}.evaluations (cost_usd, id) where cost_usd is not null;
