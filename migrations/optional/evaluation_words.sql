-- Purpose: an index for evaluations with words that begin so (EvaluationFilter.words). It needs no extension, and is smaller than that
--          of evaluation_trigrams.sql; storing evaluations becomes slower all the same. So no migration makes it. The library needs no
--          setting: the server uses the index once it is there.
-- Run by:  the schema's owner, with the schema's name in place of the placeholder, again after search_configuration.sql:
--          sed 's/${schema}/evalstore/g' evaluation_words.sql | psql --single-transaction -v ON_ERROR_STOP=1 …
-- Locks:   evaluations against everybody while the index is made.
-- Undo:    drop index ${schema}.idx_evaluations_words
drop index if exists ${schema}.idx_evaluations_words;
create index idx_evaluations_words on ${schema}.evaluations using gin (${schema}.search_document(input || ' ' || output));
