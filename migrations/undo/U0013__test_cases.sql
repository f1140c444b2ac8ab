-- Undoes V0013__test_cases.sql: every test case is lost.
drop table ${schema}.output_constraints;
drop table ${schema}.expected_outputs;
drop table ${schema}.test_cases;
