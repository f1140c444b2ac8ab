-- Purpose: an index for evaluations with a part of a text (EvaluationFilter.text). It holds every three letters of all inputs,
--          outputs and expected answers: it may become as large as these, and storing evaluations becomes several times slower. So no
--          migration makes it. The library needs no setting: the server uses the index once it is there.
-- Run by:  the schema's owner, who may create objects in the database, with the schema's name in place of the placeholder:
--          sed 's/${schema}/evalstore/g' evaluation_trigrams.sql | psql --single-transaction -v ON_ERROR_STOP=1 …
-- Locks:   evaluations against writers while the index is made.
-- Undo:    drop index ${schema}.idx_evaluations_trigrams
create extension if not exists pg_trgm;

do $$
declare
    home name := (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm');
begin
    execute pg_catalog.format('create index if not exists idx_evaluations_trigrams on ${schema}.evaluations'
        ' using gin (input %1$I.gin_trgm_ops, output %1$I.gin_trgm_ops, expected %1$I.gin_trgm_ops)', home);
end
$$;
