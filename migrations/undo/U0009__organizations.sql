-- Undoes V0009__organizations.sql: every organization and membership is lost.
drop table ${schema}.organization_members;
drop table ${schema}.organizations;
