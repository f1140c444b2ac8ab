-- Undoes V0011__definitions.sql: every benchmark definition is lost.
drop table ${schema}.definition_maintainers;
drop function ${schema}.similar_definitions(text, int);
drop view ${schema}.definition_search;
drop table ${schema}.benchmark_definitions;
drop function ${schema}.definition_query(text, text);
drop function ${schema}.definition_document(text, text, text[], text, text);
drop function ${schema}.search_query(text, text);
drop function ${schema}.search_document(text);
drop function ${schema}.search_words(text);
drop function ${schema}.are_slugs(text[]);
