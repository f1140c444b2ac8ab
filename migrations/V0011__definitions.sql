-- Purpose: benchmark definitions, what an exchange publishes, and who maintains each.
-- Locks: organizations and users against writers while the foreign keys to them are made; all else is new.
-- Undo: undo/U0011__definitions.sql

create function ${schema}.are_slugs(texts text[]) returns boolean
language sql immutable parallel safe
as $$
    select coalesce(bool_and(coalesce(slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 100, false)), true)
    from unnest(texts) slug
$$;
comment on function ${schema}.are_slugs(text[]) is
    'Whether each text is lower-case letters and digits in parts joined by single hyphens, at most 100 characters.';

-- What parts words is a list of its own and not the database's locale: under C every letter beyond ASCII would be of no kind. A
-- mark that is missing here is left to the server's parser.
create function ${schema}.search_words(value text) returns text
language plpgsql immutable strict parallel safe
as $$
declare
    words text := pg_catalog.regexp_replace(value collate pg_catalog."C",
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7'
            '\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004'
            '\u3008-\u3020\u3030\u30fb\ue000-\uf8ff\ufe00-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40'
            '\uff5b-\uff65\ufff0-\uffff\U0001f000-\U0001fbff\U000e0000-\U0010ffff]+', ' ', 'g');
    capitals text;
    smalls text;
begin
    if pg_catalog.octet_length(words) = pg_catalog.char_length(words) then
        return pg_catalog.lower(words collate pg_catalog."C");
    end if;
    -- As fold_case does it, which looks through its long list for each character of a text. Here each letter is folded once.
    words := pg_catalog.normalize(words, 'NFC');
    with letters as materialized (
        select distinct letter from pg_catalog.string_to_table(
            pg_catalog.regexp_replace(words collate pg_catalog."C", '[\u0001-\u007f]+', '', 'g'), null) as letter)
    select pg_catalog.string_agg(letter, '' order by pg_catalog.ascii(letter)),
        pg_catalog.string_agg(folded, '' order by pg_catalog.ascii(letter))
    into capitals, smalls
    from letters cross join lateral (select ${schema}.fold_case(letter) as folded offset 0) fold
    where folded <> letter and pg_catalog.char_length(folded) = 1;
    words := pg_catalog.translate(words, coalesce(capitals, ''), coalesce(smalls, ''));
    return pg_catalog.normalize(pg_catalog.lower(words collate pg_catalog."C"), 'NFC');
end
$$;
comment on function ${schema}.search_words(text) is
    'The words of a text, folded as by fold_case, with single spaces in place of all that parts words.';

-- The configuration is a constant of these two, so that an index may hold what they return: it does not follow a setting of the
-- session. optional/search_configuration.sql replaces both.
create function ${schema}.search_document(value text) returns tsvector
language plpgsql immutable strict parallel safe
as $$
begin
    -- Cut, since letters that come apart in NFC could make it longer than a tsvector may be.
    return pg_catalog.to_tsvector('pg_catalog.simple', pg_catalog.left(${schema}.search_words(value), 200000));
end
$$;
comment on function ${schema}.search_document(text) is 'The words of a text with their places.';

create function ${schema}.search_query(word text, marks text) returns tsquery
language plpgsql immutable strict parallel safe
as $$
begin
    return pg_catalog.to_tsquery('pg_catalog.simple', pg_catalog.quote_literal(word) || ':' || marks);
end
$$;
comment on function ${schema}.search_query(text, text) is
    'Asks for one word of search_words. Marks: * for what begins with it, A to D for the weights to look at.';

create function ${schema}.definition_document(name text, slug text, tags text[], description text, long_description text)
returns tsvector
language plpgsql immutable parallel safe
as $$
begin
    return pg_catalog.setweight(${schema}.search_document(name || ' ' || slug), 'A')
        || pg_catalog.setweight(${schema}.search_document(pg_catalog.array_to_string(tags, ' ')), 'B')
        || pg_catalog.setweight(${schema}.search_document(description), 'C')
        || pg_catalog.setweight(${schema}.search_document(coalesce(long_description, '')), 'D');
end
$$;
comment on function ${schema}.definition_document(text, text, text[], text, text) is
    'What of a benchmark definition is searched: name and slug weigh most, then tags, description, long description.';

create function ${schema}.definition_query(searched text, marks text default '*') returns tsquery
language plpgsql immutable strict parallel safe
as $$
declare
    word text;
    wanted tsquery;
begin
    for word in
        select pg_catalog.left(given, 100)
        from pg_catalog.string_to_table(${schema}.search_words(searched), ' ') with ordinality as words (given, place)
        where given <> ''
        group by given
        order by min(place)
        limit 32
    loop
        wanted := coalesce(wanted && ${schema}.search_query(word, marks), ${schema}.search_query(word, marks));
    end loop;
    return wanted;
end
$$;
comment on function ${schema}.definition_query(text, text) is
    'Asks for definitions with a word that begins so, for each of the first 32 words of any text; null for a text without one.';

create table ${schema}.benchmark_definitions (
    id uuid not null default ${schema}.uuid_v7(),
    slug text not null,
    name text not null,
    description text not null,
    long_description text,
    category text not null,
    status text not null default 'draft',
    status_reason text,
    tags text[] not null default '{}',
    license text not null,
    license_text text,
    documentation_url text,
    source_url text,
    citation_title text,
    citation_authors text[] not null default '{}',
    citation_venue text,
    citation_year int,
    citation_doi text,
    citation_bibtex text,
    organization_id uuid,
    created_by uuid,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    deleted_at timestamptz,
    search tsvector not null generated always as
        (${schema}.definition_document(name, slug, tags, description, long_description)) stored,
    constraint benchmark_definitions_pkey primary key (id),
    constraint benchmark_definitions_organization_fk foreign key (organization_id)
        references ${schema}.organizations (id) on delete set null,
    constraint benchmark_definitions_created_by_fk foreign key (created_by)
        references ${schema}.users (id) on delete set null,
    constraint benchmark_definitions_slug_format
        check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 2 and 100),
    constraint benchmark_definitions_name_length check (name ~ '\S' and length(name) between 3 and 200),
    constraint benchmark_definitions_description_length
        check (description ~ '\S' and length(description) between 10 and 5000),
    constraint benchmark_definitions_long_description_length check (length(long_description) <= 200000),
    constraint benchmark_definitions_category_valid
        check (category in ('performance', 'accuracy', 'reliability', 'safety', 'cost', 'capability')),
    constraint benchmark_definitions_status_valid
        check (status in ('draft', 'under_review', 'active', 'deprecated', 'archived')),
    constraint benchmark_definitions_status_reason_length
        check (status_reason ~ '\S' and length(status_reason) between 10 and 1000),
    constraint benchmark_definitions_deprecated_with_reason check (status <> 'deprecated' or status_reason is not null),
    constraint benchmark_definitions_tags_format check (${schema}.are_slugs(tags) and cardinality(tags) <= 20),
    constraint benchmark_definitions_license_length check (license ~ '\S' and length(license) <= 200),
    constraint benchmark_definitions_license_text_length check (length(license_text) <= 100000),
    constraint benchmark_definitions_documentation_url_format
        check (documentation_url ~ '^https?://\S+$' and length(documentation_url) <= 2000),
    constraint benchmark_definitions_source_url_format
        check (source_url ~ '^https?://\S+$' and length(source_url) <= 2000),
    constraint benchmark_definitions_citation_title_length check (length(citation_title) <= 1000),
    constraint benchmark_definitions_citation_authors_size check (array_position(citation_authors, null) is null
        and cardinality(citation_authors) <= 1000 and length(array_to_string(citation_authors, '')) <= 100000),
    constraint benchmark_definitions_citation_venue_length check (length(citation_venue) <= 1000),
    constraint benchmark_definitions_citation_year_range check (citation_year between 1950 and 9999),
    constraint benchmark_definitions_citation_doi_length check (length(citation_doi) <= 1000),
    constraint benchmark_definitions_citation_bibtex_length check (length(citation_bibtex) <= 20000)
);

-- A violation names it to the caller. The slug of a deleted definition is free.
create unique index idx_benchmark_definitions_slug on ${schema}.benchmark_definitions (slug) where deleted_at is null;
create index idx_benchmark_definitions_created_at on ${schema}.benchmark_definitions (created_at, id);
create index idx_benchmark_definitions_status_created_at on ${schema}.benchmark_definitions (status, created_at, id);
create index idx_benchmark_definitions_category_created_at on ${schema}.benchmark_definitions (category, created_at, id);
create index idx_benchmark_definitions_organization_id_created_at
    on ${schema}.benchmark_definitions (organization_id, created_at, id) where organization_id is not null;
create index idx_benchmark_definitions_created_by_created_at
    on ${schema}.benchmark_definitions (created_by, created_at, id) where created_by is not null;
create index idx_benchmark_definitions_tags on ${schema}.benchmark_definitions using gin (tags);
-- Definitions are searched far more often than they are written, and a search reads the list of pending entries from end to end.
create index idx_benchmark_definitions_search on ${schema}.benchmark_definitions using gin (search) with (fastupdate = off);

-- Without pg_trgm a misspelled word finds nothing. Where it is installed later, optional/trigram_indexes.sql makes the index.
do $$
declare
    home name := (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm');
begin
    if home is not null then
        execute format('create index idx_benchmark_definitions_trigrams on ${schema}.benchmark_definitions'
            ' using gin ((name || '' '' || slug) %I.gin_trgm_ops)', home);
    end if;
end
$$;

-- Read with the rights of the caller. PostgreSQL takes no writes to a view that begins by with.
create view ${schema}.definition_search with (security_invoker = true) as
with published as (
    select id, slug, name, description, category, status, tags, license, organization_id, created_at, updated_at, search
    from ${schema}.benchmark_definitions
    where deleted_at is null and status in ('active', 'deprecated'))
select id, slug, name, description, category, status, tags, license, organization_id, created_at, updated_at, search
from published;
comment on view ${schema}.definition_search is
    'What everybody may find: benchmark definitions that are active or deprecated, and not deleted.';

create function ${schema}.similar_definitions(searched text, most int) returns table (id uuid, similarity real)
language plpgsql stable parallel safe rows 10
as $$
declare
    home name := (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm');
begin
    if home is not null then
        return query execute pg_catalog.format(
            'select d.id, %1$I.word_similarity($1, d.name || '' '' || d.slug) as similarity from ${schema}.definition_search d'
            ' where (d.name || '' '' || d.slug) operator(%1$I.%%>) $1 order by similarity desc, d.id desc limit $2', home)
            using pg_catalog.left(searched, 200), most;
    end if;
end
$$;
comment on function ${schema}.similar_definitions(text, int) is
    'Those of definition_search whose name or slug looks like the text, most alike first; none where pg_trgm is not installed.';

create trigger benchmark_definitions_touch before update on ${schema}.benchmark_definitions
    for each row when (new.updated_at is not distinct from old.updated_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.benchmark_definitions is
    'What an exchange publishes and others run: a benchmark, whatever its versions. A run of one is a row of benchmarks.';
comment on column ${schema}.benchmark_definitions.slug is
    'The name in addresses; unique by case among definitions that are not deleted.';
comment on column ${schema}.benchmark_definitions.name is 'The name for people.';
comment on column ${schema}.benchmark_definitions.description is 'What it measures, in short.';
comment on column ${schema}.benchmark_definitions.long_description is 'The same at length.';
comment on column ${schema}.benchmark_definitions.category is
    'performance, accuracy, reliability, safety, cost or capability: what it is about.';
comment on column ${schema}.benchmark_definitions.status is
    'draft, under_review, then active, deprecated and archived. Active and deprecated ones accept submissions.';
comment on column ${schema}.benchmark_definitions.status_reason is
    'Why it was sent back to draft, or deprecated; null after a move that needs no reason.';
comment on column ${schema}.benchmark_definitions.tags is 'Labels for search.';
comment on column ${schema}.benchmark_definitions.license is 'The name of the license, such as Apache-2.0.';
comment on column ${schema}.benchmark_definitions.license_text is 'The text of the license, where the name does not say all.';
comment on column ${schema}.benchmark_definitions.documentation_url is 'Where it is described.';
comment on column ${schema}.benchmark_definitions.source_url is 'Where its sources are.';
comment on column ${schema}.benchmark_definitions.citation_title is 'The title of the work to cite.';
comment on column ${schema}.benchmark_definitions.citation_authors is 'The authors of the work to cite, in its order.';
comment on column ${schema}.benchmark_definitions.citation_venue is 'The journal or conference of the work to cite.';
comment on column ${schema}.benchmark_definitions.citation_year is 'The year of the work to cite.';
comment on column ${schema}.benchmark_definitions.citation_doi is 'The DOI of the work to cite.';
comment on column ${schema}.benchmark_definitions.citation_bibtex is 'The whole citation as BibTeX.';
comment on column ${schema}.benchmark_definitions.organization_id is
    'The organization that publishes it; null for none, or after the organization was removed.';
comment on column ${schema}.benchmark_definitions.created_by is 'The user who created it; null where not known or removed.';
comment on column ${schema}.benchmark_definitions.search is 'What of it is searched; follows from the columns above.';
comment on column ${schema}.benchmark_definitions.deleted_at is
    'Soft delete: the row stays for what refers to it; its slug can be used again.';

create table ${schema}.definition_maintainers (
    definition_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint definition_maintainers_pkey primary key (definition_id, user_id),
    constraint definition_maintainers_definition_fk foreign key (definition_id)
        references ${schema}.benchmark_definitions (id) on delete cascade,
    constraint definition_maintainers_user_fk foreign key (user_id) references ${schema}.users (id) on delete cascade
);
create index idx_definition_maintainers_user_id on ${schema}.definition_maintainers (user_id);

comment on table ${schema}.definition_maintainers is 'The users who look after a benchmark definition.';
comment on column ${schema}.definition_maintainers.created_at is 'When the user became a maintainer.';
