-- Purpose: the test cases of versions, what their outputs must be, and the constraints on their outputs.
-- Locks: definition_versions against writers while the foreign key to it is made; all else is new.
-- Undo: undo/U0013__test_cases.sql

create table ${schema}.test_cases (
    id uuid not null default ${schema}.uuid_v7(),
    version_id uuid not null,
    case_key text collate "C" not null,
    name text not null,
    description text,
    weight double precision not null default 1,
    difficulty text not null default 'medium',
    tags text[] not null default '{}',
    prompt_template text not null,
    variables jsonb not null default '{}',
    system_prompt text,
    few_shot_examples jsonb not null default '[]',
    input_format text not null default 'plain_text',
    input_config jsonb,
    reference_output text,
    output_schema jsonb,
    evaluation_method jsonb not null default '{}',
    sort_order int not null default 0,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint test_cases_pkey primary key (id),
    constraint test_cases_version_id_unique unique (version_id, id),
    constraint test_cases_case_key_unique unique (version_id, case_key),
    constraint test_cases_version_fk foreign key (version_id)
        references ${schema}.definition_versions (id) on delete cascade,
    constraint test_cases_case_key_length check (case_key ~ '\S' and length(case_key) <= 200),
    constraint test_cases_name_length check (name ~ '\S' and length(name) <= 200),
    constraint test_cases_description_length check (description ~ '\S' and length(description) <= 5000),
    constraint test_cases_weight_range check (weight > 0 and weight <= 1),
    constraint test_cases_difficulty_valid check (difficulty in ('easy', 'medium', 'hard', 'expert')),
    constraint test_cases_tags_format check (${schema}.are_slugs(tags) and cardinality(tags) <= 20),
    constraint test_cases_prompt_template_length check (prompt_template ~ '\S' and length(prompt_template) <= 1000000),
    constraint test_cases_variables_object check (jsonb_typeof(variables) = 'object'),
    constraint test_cases_system_prompt_length check (system_prompt ~ '\S' and length(system_prompt) <= 1000000),
    constraint test_cases_few_shot_examples_array check (jsonb_typeof(few_shot_examples) = 'array'),
    constraint test_cases_input_format_length check (input_format ~ '\S' and length(input_format) <= 100),
    constraint test_cases_input_config_object check (jsonb_typeof(input_config) = 'object'),
    constraint test_cases_reference_output_length check (length(reference_output) <= 1000000),
    constraint test_cases_output_schema_form check (jsonb_typeof(output_schema) in ('object', 'boolean')),
    constraint test_cases_evaluation_method_object check (jsonb_typeof(evaluation_method) = 'object')
);

create index idx_test_cases_version_id_sort_order on ${schema}.test_cases (version_id, sort_order, case_key);
create index idx_test_cases_tags on ${schema}.test_cases using gin (tags);

create trigger test_cases_touch before update on ${schema}.test_cases
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.test_cases is
    'What a version of a benchmark definition asks a model. It changes only while its version may.';
comment on column ${schema}.test_cases.case_key is 'The name in results; unique in the version.';
comment on column ${schema}.test_cases.name is 'The name for people.';
comment on column ${schema}.test_cases.weight is 'How much it counts in a weighted mean; above 0, at most 1.';
comment on column ${schema}.test_cases.difficulty is 'easy, medium, hard or expert.';
comment on column ${schema}.test_cases.tags is 'Labels for search.';
comment on column ${schema}.test_cases.prompt_template is 'The prompt, with {{name}} where the value of a variable belongs.';
comment on column ${schema}.test_cases.variables is
    'The variables, each with its default; null for one that must be given when the prompt is made.';
comment on column ${schema}.test_cases.system_prompt is 'What the model is told first.';
comment on column ${schema}.test_cases.few_shot_examples is 'Solved examples that stand before the prompt, as the runner reads them.';
comment on column ${schema}.test_cases.input_format is 'The form of the prompt, in the platform''s terms, such as plain_text.';
comment on column ${schema}.test_cases.input_config is 'Details of that form, as the runner reads them.';
comment on column ${schema}.test_cases.reference_output is 'A right output, for people and for semantic comparisons.';
comment on column ${schema}.test_cases.output_schema is 'The JSON Schema that an output fits, where it is a document.';
comment on column ${schema}.test_cases.evaluation_method is 'How an output is scored, as the runner reads it.';
comment on column ${schema}.test_cases.sort_order is 'The place in lists, lower first.';

create table ${schema}.expected_outputs (
    case_id uuid not null,
    position int not null,
    output_text text not null,
    kind text not null,
    match_config jsonb not null default '{}',
    priority int not null default 0,
    description text,
    created_at timestamptz not null default statement_timestamp(),
    constraint expected_outputs_pkey primary key (case_id, position),
    constraint expected_outputs_case_fk foreign key (case_id) references ${schema}.test_cases (id) on delete cascade,
    constraint expected_outputs_position_range check (position between 0 and 99),
    constraint expected_outputs_output_text_length check (length(output_text) <= 1000000),
    constraint expected_outputs_kind_valid check (kind in ('exact', 'pattern', 'semantic', 'fuzzy')),
    constraint expected_outputs_match_config_object check (jsonb_typeof(match_config) = 'object'),
    constraint expected_outputs_description_length check (description ~ '\S' and length(description) <= 5000)
);

comment on table ${schema}.expected_outputs is 'An output that a test case accepts. A case with several accepts each of them.';
comment on column ${schema}.expected_outputs.position is 'The place among the expected outputs of the case, from 0.';
comment on column ${schema}.expected_outputs.output_text is 'What an output is compared with; for pattern a regular expression.';
comment on column ${schema}.expected_outputs.kind is 'exact, pattern, semantic or fuzzy: how it is compared.';
comment on column ${schema}.expected_outputs.match_config is 'Details of the comparison, by kind.';
comment on column ${schema}.expected_outputs.priority is 'Higher is compared first.';

create table ${schema}.output_constraints (
    case_id uuid not null,
    position int not null,
    kind text not null,
    config jsonb not null default '{}',
    required boolean not null default true,
    severity text not null default 'error',
    description text,
    created_at timestamptz not null default statement_timestamp(),
    constraint output_constraints_pkey primary key (case_id, position),
    constraint output_constraints_case_fk foreign key (case_id) references ${schema}.test_cases (id) on delete cascade,
    constraint output_constraints_position_range check (position between 0 and 99),
    constraint output_constraints_kind_valid
        check (kind in ('length', 'contains', 'not_contains', 'pattern', 'json', 'one_of')),
    constraint output_constraints_config_object check (jsonb_typeof(config) = 'object'),
    constraint output_constraints_severity_valid check (severity in ('error', 'warning', 'info')),
    constraint output_constraints_description_length check (description ~ '\S' and length(description) <= 5000)
);

comment on table ${schema}.output_constraints is 'What every output of a test case must meet.';
comment on column ${schema}.output_constraints.position is 'The place among the constraints of the case, from 0.';
comment on column ${schema}.output_constraints.kind is
    'length, contains, not_contains, pattern, json or one_of: what is demanded of an output.';
comment on column ${schema}.output_constraints.config is 'What exactly is demanded, by kind.';
comment on column ${schema}.output_constraints.required is 'Whether an output fails that does not meet it, where severity is error.';
comment on column ${schema}.output_constraints.severity is 'error, warning or info: how bad it is where an output does not meet it.';
