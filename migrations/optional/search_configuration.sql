-- Purpose: a text search configuration of a language: a word then also finds its other forms, as "evaluate" finds "evaluations".
--          What was found before is still found: every word is kept as it is written too, so that a half-typed one has a beginning
--          to match. Of a long description the first 100,000 characters are searched. Put your configuration in place of english.
-- Run by:  the schema's owner, with the schema's name in place of the placeholder, again after each change of the configuration:
--          sed 's/${schema}/evalstore/g' search_configuration.sql | psql --single-transaction -v ON_ERROR_STOP=1 …
-- Locks:   benchmark_definitions against writers while its search column is written anew. Vacuum the table afterwards.
-- Undo:    run it again with pg_catalog.simple.
do $do$
declare
    configuration text := 'pg_catalog.english';
begin
    perform configuration::regconfig;
    execute pg_catalog.format($execute$
        create or replace function ${schema}.search_document(value text) returns tsvector
        language plpgsql immutable strict parallel safe
        as $function$
        declare
            words text := pg_catalog.left(${schema}.search_words(value), 100000);
        begin
            return pg_catalog.to_tsvector('pg_catalog.simple', words) || pg_catalog.to_tsvector(%1$L, words);
        end
        $function$;

        create or replace function ${schema}.search_query(word text, marks text) returns tsquery
        language plpgsql immutable strict parallel safe
        as $function$
        declare
            quoted text := pg_catalog.quote_literal(word);
        begin
            return pg_catalog.to_tsquery('pg_catalog.simple', quoted || ':' || marks)
                || pg_catalog.to_tsquery(%1$L, quoted || ':' || marks);
        end
        $function$$execute$, configuration);
end
$do$;

-- An update of a column that the generated one depends on computes that anew. The definitions themselves have not changed.
alter table ${schema}.benchmark_definitions disable trigger benchmark_definitions_touch;
update ${schema}.benchmark_definitions set name = name;
alter table ${schema}.benchmark_definitions enable trigger benchmark_definitions_touch;
