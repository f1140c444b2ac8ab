-- Purpose: the catalogue: models and their versions, hardware, inference frameworks, and what models are used for.
-- Locks: none on existing tables; all objects are new.
-- Undo: undo/U0004__catalog.sql

create table ${schema}.models (
    id uuid not null default ${schema}.uuid_v7(),
    name text not null,
    kind text not null,
    provider text,
    architecture text,
    parameters bigint,
    base_model text,
    tags text[] not null default '{}',
    metadata jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint models_pkey primary key (id),
    constraint models_name_unique unique (name),
    constraint models_name_given check (name ~ '\S'),
    constraint models_kind_valid check (kind in ('open', 'commercial', 'fine_tuned')),
    constraint models_parameters_range check (parameters > 0)
);

create index idx_models_created_at on ${schema}.models (created_at, id);
create index idx_models_architecture_created_at on ${schema}.models (architecture, created_at, id);
create index idx_models_parameters on ${schema}.models (parameters);
create index idx_models_tags on ${schema}.models using gin (tags);

-- Text is found by a scan where pg_trgm is not installed; where it is, the same statement uses this index.
do $$
declare
    home name := (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm');
begin
    if home is not null then
        execute format('create index idx_models_search_text on ${schema}.models using gin ((name || '' '' || coalesce(provider, '''')'
            ' || '' '' || coalesce(architecture, '''') || '' '' || coalesce(base_model, '''')) %I.gin_trgm_ops)', home);
    end if;
end
$$;

create trigger models_touch before update on ${schema}.models
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.models is 'A language model, whatever its versions.';
comment on column ${schema}.models.kind is 'open weights, commercial (behind an API), or fine_tuned from base_model.';
comment on column ${schema}.models.parameters is 'How many weights it has; empty where that is not known.';
comment on column ${schema}.models.base_model is 'What it was tuned from, by name.';
comment on column ${schema}.models.provider is 'Who makes or serves the model, such as meta.';
comment on column ${schema}.models.architecture is 'The kind of network, such as llama.';
comment on column ${schema}.models.tags is 'Free labels for search.';

create table ${schema}.model_versions (
    id uuid not null default ${schema}.uuid_v7(),
    model_id uuid not null,
    version_label text not null default '1.0.0',
    quantization text not null,
    quantization_bits int,
    format text not null,
    artifact_uri text,
    api_endpoint text,
    config jsonb,
    vram_requirement_gb numeric(15, 3),
    input_cost_per_1k numeric(18, 9),
    output_cost_per_1k numeric(18, 9),
    status text not null default 'active',
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint model_versions_pkey primary key (id),
    constraint model_versions_model_fk foreign key (model_id) references ${schema}.models (id) on delete cascade,
    constraint model_versions_unique unique (model_id, version_label, quantization, format),
    constraint model_versions_version_label_given check (version_label ~ '\S'),
    constraint model_versions_quantization_valid
        check (quantization in ('fp32', 'fp16', 'bf16', 'int8', 'int4', 'fp8', 'awq', 'gptq', 'none')),
    constraint model_versions_quantization_bits_range check (quantization_bits between 1 and 64),
    constraint model_versions_format_valid check (format in ('gguf', 'gptq', 'awq', 'safetensors', 'api')),
    constraint model_versions_vram_requirement_gb_range check (vram_requirement_gb >= 0),
    constraint model_versions_input_cost_per_1k_range check (input_cost_per_1k >= 0),
    constraint model_versions_output_cost_per_1k_range check (output_cost_per_1k >= 0),
    constraint model_versions_status_valid check (status in ('training', 'active', 'deprecated', 'retired'))
);

create index idx_model_versions_created_at on ${schema}.model_versions (created_at, id);
create index idx_model_versions_status_created_at on ${schema}.model_versions (status, created_at, id);

create trigger model_versions_touch before update on ${schema}.model_versions
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.model_versions is 'What is deployed and measured: a model in one quantization and format.';
comment on column ${schema}.model_versions.quantization_bits is 'Bits of a weight; empty where that is not known, as behind an API.';
comment on column ${schema}.model_versions.vram_requirement_gb is
    'Decimal GB needed to serve it: parameters x bits / 8 x 1.2 unless given; empty where that is not known.';
comment on column ${schema}.model_versions.input_cost_per_1k is 'US dollars for a thousand tokens read.';
comment on column ${schema}.model_versions.output_cost_per_1k is 'US dollars for a thousand tokens written.';
comment on column ${schema}.model_versions.version_label is 'The version''s name among the versions of one model.';
comment on column ${schema}.model_versions.quantization is
    'The number format of the weights; none where that is not known, as behind an API.';
comment on column ${schema}.model_versions.format is 'The file format of the weights; api where there are none.';
comment on column ${schema}.model_versions.artifact_uri is 'Where the weights are.';
comment on column ${schema}.model_versions.api_endpoint is 'Where the model answers requests, if that is behind an API.';
comment on column ${schema}.model_versions.config is 'How the version is served, as the runner reads it.';
comment on column ${schema}.model_versions.status is
    'training, active, deprecated (still served, not for new uses) or retired (no longer served).';

create table ${schema}.hardware_configs (
    id uuid not null default ${schema}.uuid_v7(),
    gpu_type text not null,
    gpu_count int not null,
    vram_per_gpu_gb numeric(12, 3) not null,
    total_vram_gb numeric(15, 3) not null generated always as (gpu_count * vram_per_gpu_gb) stored,
    cost_per_hour_usd numeric(18, 9) not null,
    cloud_provider text not null,
    instance_type text,
    spot_available boolean not null default false,
    specs jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint hardware_configs_pkey primary key (id),
    constraint hardware_configs_gpu_type_given check (gpu_type ~ '\S'),
    constraint hardware_configs_gpu_count_range check (gpu_count between 0 and 100000),
    constraint hardware_configs_vram_per_gpu_gb_range check (vram_per_gpu_gb between 0 and 10000),
    constraint hardware_configs_cost_per_hour_usd_range check (cost_per_hour_usd >= 0),
    constraint hardware_configs_cloud_provider_given check (cloud_provider ~ '\S')
);

create index idx_hardware_configs_created_at on ${schema}.hardware_configs (created_at, id);
create index idx_hardware_configs_cost_per_hour_usd on ${schema}.hardware_configs (cost_per_hour_usd, id);
create index idx_hardware_configs_total_vram_gb on ${schema}.hardware_configs (total_vram_gb, cost_per_hour_usd);
create index idx_hardware_configs_cloud_provider on ${schema}.hardware_configs (cloud_provider, created_at, id);

create trigger hardware_configs_touch before update on ${schema}.hardware_configs
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.hardware_configs is 'A machine that can be rented or is owned, with its price.';
comment on column ${schema}.hardware_configs.gpu_count is 'None for a machine that computes on its processors.';
comment on column ${schema}.hardware_configs.vram_per_gpu_gb is 'Decimal GB of one GPU.';
comment on column ${schema}.hardware_configs.total_vram_gb is 'Decimal GB of all its GPUs.';
comment on column ${schema}.hardware_configs.cost_per_hour_usd is 'US dollars an hour for the whole machine.';
comment on column ${schema}.hardware_configs.spot_available is 'Whether it can be had cheaper, and be taken away at short notice.';
comment on column ${schema}.hardware_configs.gpu_type is 'The GPU''s product name, such as H100.';
comment on column ${schema}.hardware_configs.cloud_provider is
    'Who rents it out, or a name for the owner''s own.';
comment on column ${schema}.hardware_configs.instance_type is 'The provider''s name for the machine.';
comment on column ${schema}.hardware_configs.specs is 'Further facts, such as processors and network.';

create table ${schema}.inference_frameworks (
    id uuid not null default ${schema}.uuid_v7(),
    name text not null,
    version text not null,
    capabilities jsonb not null default '{}',
    supports_quantization boolean not null default false,
    supports_streaming boolean not null default false,
    config_template jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint inference_frameworks_pkey primary key (id),
    constraint inference_frameworks_name_version_unique unique (name, version),
    constraint inference_frameworks_name_given check (name ~ '\S'),
    constraint inference_frameworks_version_given check (version ~ '\S')
);

create index idx_inference_frameworks_created_at on ${schema}.inference_frameworks (created_at, id);

create trigger inference_frameworks_touch before update on ${schema}.inference_frameworks
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.inference_frameworks is 'A version of the software that serves models.';
comment on column ${schema}.inference_frameworks.config_template is 'How a run of it is configured, as the runner reads it.';
comment on column ${schema}.inference_frameworks.version is 'The framework''s version, part of its identity.';
comment on column ${schema}.inference_frameworks.capabilities is 'What it can do, as the caller shapes it.';
comment on column ${schema}.inference_frameworks.supports_quantization is 'Whether it serves quantized weights.';
comment on column ${schema}.inference_frameworks.supports_streaming is 'Whether it sends tokens as they are made.';

create table ${schema}.use_cases (
    id uuid not null default ${schema}.uuid_v7(),
    category text not null,
    subcategory text,
    pipeline_tag text,
    characteristics jsonb not null default '{}',
    default_weights jsonb not null default '{}',
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint use_cases_pkey primary key (id),
    constraint use_cases_category_subcategory_unique unique nulls not distinct (category, subcategory),
    constraint use_cases_category_given check (category ~ '\S'),
    constraint use_cases_default_weights_object check (jsonb_typeof(default_weights) = 'object')
);

create index idx_use_cases_created_at on ${schema}.use_cases (created_at, id);

create trigger use_cases_touch before update on ${schema}.use_cases
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.use_cases is 'What models are used for.';
comment on column ${schema}.use_cases.pipeline_tag is 'The task''s name in public model hubs, such as text-generation.';
comment on column ${schema}.use_cases.default_weights is 'What counts how much when models are ranked for it: criterion to weight.';
comment on column ${schema}.use_cases.category is 'The use, such as chatbot; unique together with subcategory.';
comment on column ${schema}.use_cases.subcategory is 'A part of the use, if it is divided.';
comment on column ${schema}.use_cases.characteristics is 'What is typical of it, such as the length of prompts.';

create table ${schema}.model_use_cases (
    id uuid not null default ${schema}.uuid_v7(),
    model_id uuid not null,
    use_case_id uuid not null,
    suitability_score double precision not null,
    recommended boolean not null default false,
    priority int,
    performance_summary jsonb,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint model_use_cases_pkey primary key (id),
    constraint model_use_cases_model_fk foreign key (model_id) references ${schema}.models (id) on delete cascade,
    constraint model_use_cases_use_case_fk foreign key (use_case_id) references ${schema}.use_cases (id) on delete cascade,
    constraint model_use_cases_model_use_case_unique unique (model_id, use_case_id),
    constraint model_use_cases_suitability_score_range check (suitability_score between 0 and 1)
);

create index idx_model_use_cases_use_case_id_suitability_score
    on ${schema}.model_use_cases (use_case_id, suitability_score desc, priority, model_id);

create trigger model_use_cases_touch before update on ${schema}.model_use_cases
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.model_use_cases is 'How well a model suits a use.';
comment on column ${schema}.model_use_cases.suitability_score is '0 (not at all) to 1; NaN is refused, since it counts as above 1.';
comment on column ${schema}.model_use_cases.priority is 'Among equally suited models the lower comes first; those without come last.';
comment on column ${schema}.model_use_cases.recommended is 'Whether the platform recommends the model for the use.';
comment on column ${schema}.model_use_cases.performance_summary is 'The figures behind the score.';
