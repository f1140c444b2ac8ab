-- Undoes V0012__definition_versions.sql: every version of a benchmark definition is lost.
drop table ${schema}.definition_subcategories;
drop table ${schema}.definition_versions;
