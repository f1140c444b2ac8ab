-- Purpose: the trigram indexes of searches by a part of a text, and of misspelled words, where pg_trgm was not installed when the
--          schema was migrated. Where it was, the migrations made the same indexes, and this changes nothing.
-- Run by:  the schema's owner, who may create objects in the database, with the schema's name in place of the placeholder:
--          sed 's/${schema}/evalstore/g' trigram_indexes.sql | psql --single-transaction -v ON_ERROR_STOP=1 …
-- Locks:   models and benchmark_definitions against writers while each index is made.
-- Undo:    drop extension pg_trgm cascade, which drops the indexes and no row.
create extension if not exists pg_trgm;

do $$
declare
    home name := (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm');
begin
    execute pg_catalog.format('create index if not exists idx_models_search_text on ${schema}.models using gin ((name || '' '''
        ' || coalesce(provider, '''') || '' '' || coalesce(architecture, '''') || '' '' || coalesce(base_model, ''''))'
        ' %I.gin_trgm_ops)', home);
    execute pg_catalog.format('create index if not exists idx_benchmark_definitions_trigrams'
        ' on ${schema}.benchmark_definitions using gin ((name || '' '' || slug) %I.gin_trgm_ops)', home);
end
$$;
