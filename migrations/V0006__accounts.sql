-- Purpose: users and their API keys.
-- Locks: benchmarks and evaluations against writers while their created_by is checked against users.
-- Undo: undo/U0006__accounts.sql

-- Folds case by a list of its own and not by the database's locale: under C it would fold ASCII alone, and in Turkish the I
-- is not an i. The list is Unicode's simple pairs of cases (13.0): first and last upper-case letter, step, and the distance to
-- the lower-case ones. A letter whose lower case belongs to another letter too, such as the Turkish İ, has no pair. The list
-- becomes part of the function, which an index may then use, and is not changed: what is stored is unique by it.
do $do$
declare
    upper_case text;
    lower_case text;
begin
    select string_agg(pg_catalog.chr(letter), '' order by letter),
        string_agg(pg_catalog.chr(letter + distance), '' order by letter)
    into upper_case, lower_case
    from (values
            (65,90,1,32), (192,214,1,32), (216,222,1,32), (256,302,2,1), (306,310,2,1), (313,327,2,1), (330,374,2,1),
            (376,376,1,-121), (377,381,2,1), (385,385,1,210), (386,388,2,1), (390,390,1,206), (391,391,1,1),
            (393,394,1,205), (395,395,1,1), (398,398,1,79), (399,399,1,202), (400,400,1,203), (401,401,1,1),
            (403,403,1,205), (404,404,1,207), (406,406,1,211), (407,407,1,209), (408,408,1,1), (412,412,1,211),
            (413,413,1,213), (415,415,1,214), (416,420,2,1), (422,422,1,218), (423,423,1,1), (425,425,1,218),
            (428,428,1,1), (430,430,1,218), (431,431,1,1), (433,434,1,217), (435,437,2,1), (439,439,1,219), (440,440,1,1),
            (444,444,1,1), (452,452,1,2), (455,455,1,2), (458,458,1,2), (461,475,2,1), (478,494,2,1), (497,497,1,2),
            (500,500,1,1), (502,502,1,-97), (503,503,1,-56), (504,542,2,1), (544,544,1,-130), (546,562,2,1),
            (570,570,1,10795), (571,571,1,1), (573,573,1,-163), (574,574,1,10792), (577,577,1,1), (579,579,1,-195),
            (580,580,1,69), (581,581,1,71), (582,590,2,1), (880,882,2,1), (886,886,1,1), (895,895,1,116), (902,902,1,38),
            (904,906,1,37), (908,908,1,64), (910,911,1,63), (913,929,1,32), (931,939,1,32), (975,975,1,8), (984,1006,2,1),
            (1015,1015,1,1), (1017,1017,1,-7), (1018,1018,1,1), (1021,1023,1,-130), (1024,1039,1,80), (1040,1071,1,32),
            (1120,1152,2,1), (1162,1214,2,1), (1216,1216,1,15), (1217,1229,2,1), (1232,1326,2,1), (1329,1366,1,48),
            (4256,4293,1,7264), (4295,4295,1,7264), (4301,4301,1,7264), (5024,5103,1,38864), (5104,5109,1,8),
            (7312,7354,1,-3008), (7357,7359,1,-3008), (7680,7828,2,1), (7840,7934,2,1), (7944,7951,1,-8), (7960,7965,1,-8),
            (7976,7983,1,-8), (7992,7999,1,-8), (8008,8013,1,-8), (8025,8031,2,-8), (8040,8047,1,-8), (8072,8079,1,-8),
            (8088,8095,1,-8), (8104,8111,1,-8), (8120,8121,1,-8), (8122,8122,1,-74), (8124,8124,1,-9), (8136,8138,2,-86),
            (8140,8140,1,-9), (8152,8153,1,-8), (8154,8154,1,-100), (8168,8169,1,-8), (8170,8170,1,-112), (8172,8172,1,-7),
            (8184,8184,1,-128), (8186,8186,1,-126), (8188,8188,1,-9), (8498,8498,1,28), (8544,8559,1,16), (8579,8579,1,1),
            (9398,9423,1,26), (11264,11310,1,48), (11360,11360,1,1), (11362,11362,1,-10743), (11363,11363,1,-3814),
            (11364,11364,1,-10727), (11367,11371,2,1), (11373,11373,1,-10780), (11374,11374,1,-10749),
            (11375,11375,1,-10783), (11376,11376,1,-10782), (11378,11378,1,1), (11381,11381,1,1), (11390,11391,1,-10815),
            (11392,11490,2,1), (11499,11501,2,1), (11506,11506,1,1), (42560,42604,2,1), (42624,42650,2,1),
            (42786,42798,2,1), (42802,42862,2,1), (42873,42875,2,1), (42877,42877,1,-35332), (42878,42886,2,1),
            (42891,42891,1,1), (42893,42893,1,-42280), (42896,42898,2,1), (42902,42920,2,1), (42922,42922,1,-42308),
            (42923,42923,1,-42319), (42924,42924,1,-42315), (42925,42925,1,-42305), (42926,42926,1,-42308),
            (42928,42928,1,-42258), (42929,42929,1,-42282), (42930,42930,1,-42261), (42931,42931,1,928), (42932,42942,2,1),
            (42946,42946,1,1), (42948,42948,1,-48), (42949,42949,1,-42307), (42950,42950,1,-35384), (42951,42953,2,1),
            (42997,42997,1,1), (65313,65338,1,32), (66560,66599,1,40), (66736,66771,1,40), (68736,68786,1,64),
            (71840,71871,1,32), (93760,93791,1,32), (125184,125217,1,34)
    ) pairs (first, last, step, distance)
    cross join lateral pg_catalog.generate_series(first, last, step) letter;
    execute pg_catalog.format($execute$
        create function ${schema}.fold_case(value text) returns text
        language plpgsql immutable strict parallel safe
        as $function$
        begin
            if pg_catalog.octet_length(value) = pg_catalog.char_length(value) then
                return pg_catalog.lower(value collate pg_catalog."C");
            end if;
            return pg_catalog.normalize(
                pg_catalog.translate(pg_catalog.normalize(value, 'NFC'), %L, %L), 'NFC');
        end
        $function$$execute$, upper_case, lower_case);
end
$do$;
comment on function ${schema}.fold_case(text) is
    'Equal for texts that differ in case alone, or in how their letters are composed, whatever the locale.';

-- The last character of an ORCID iD checks the others (ISO 7064, MOD 11-2).
create function ${schema}.is_orcid(value text) returns boolean
language sql immutable strict parallel safe
as $$
    select case when value ~ '^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$' then (
        select sum((1 << (16 - place::int)) * case digit when 'X' then 10 else digit::int end) % 11 = 1
        from unnest(string_to_array(replace(value, '-', ''), null)) with ordinality digits (digit, place)) else false end
$$;
comment on function ${schema}.is_orcid(text) is 'Whether it is an ORCID iD, hyphens and all, whose check character is right.';

create table ${schema}.users (
    id uuid not null default ${schema}.uuid_v7(),
    email text not null,
    username text not null,
    display_name text,
    password_hash text,
    role text not null default 'user',
    active boolean not null default true,
    email_verified boolean not null default false,
    metadata jsonb,
    bio text,
    affiliation text,
    website text,
    github_username text,
    orcid text,
    public_email text,
    last_login_at timestamptz,
    last_active_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    deleted_at timestamptz,
    constraint users_pkey primary key (id),
    constraint users_email_format check (email ~ '^[^\s@]+@[^\s@]+$' and length(email) <= 320),
    constraint users_username_format check (username ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    constraint users_role_valid check (role in ('viewer', 'user', 'contributor', 'reviewer', 'admin', 'service')),
    constraint users_bio_length check (bio ~ '\S' and length(bio) <= 5000),
    constraint users_affiliation_length check (affiliation ~ '\S' and length(affiliation) <= 200),
    constraint users_website_format check (website ~ '^https?://\S+$' and length(website) <= 2000),
    constraint users_github_username_format check (github_username ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$'),
    constraint users_orcid_format check (${schema}.is_orcid(orcid)),
    constraint users_public_email_format check (public_email ~ '^[^\s@]+@[^\s@]+$' and length(public_email) <= 320),
    constraint users_inactive_when_deleted check (deleted_at is null or not active)
) with (fillfactor = 85);

-- A violation names them to the caller.
create unique index idx_users_email on ${schema}.users (${schema}.fold_case(email)) where deleted_at is null;
create unique index idx_users_username on ${schema}.users (${schema}.fold_case(username)) where deleted_at is null;
create index idx_users_created_at on ${schema}.users (created_at, id);

create trigger users_touch before update on ${schema}.users
    for each row when (new.updated_at is not distinct from old.updated_at
        and new.last_login_at is not distinct from old.last_login_at
        and new.last_active_at is not distinct from old.last_active_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.users is 'People and services that use the platform.';
comment on column ${schema}.users.email is 'As it was given; unique ignoring case among users who are not deleted.';
comment on column ${schema}.users.username is 'As it was given, without @; unique ignoring case among users who are not deleted.';
comment on column ${schema}.users.password_hash is 'A PHC string; null where the user cannot log in by password.';
comment on column ${schema}.users.active is 'Whether the user may log in and the user''s keys are accepted.';
comment on column ${schema}.users.deleted_at is 'Soft delete: the row stays for what refers to it; its email and username can be used again.';
comment on column ${schema}.users.display_name is 'What the user is called on screen.';
comment on column ${schema}.users.role is 'What the user may do; the platform decides what each role means.';
comment on column ${schema}.users.email_verified is 'Whether the user has proved that the address is theirs.';
comment on column ${schema}.users.last_login_at is 'When the user last logged in.';
comment on column ${schema}.users.bio is 'The user about the user.';
comment on column ${schema}.users.affiliation is 'Where the user works or studies.';
comment on column ${schema}.users.website is 'The user''s own pages.';
comment on column ${schema}.users.github_username is 'The user''s name at GitHub, without @.';
comment on column ${schema}.users.orcid is 'The user''s ORCID iD, in four groups joined by hyphens.';
comment on column ${schema}.users.public_email is 'The address that anybody may see; email is the one to log in by.';
comment on column ${schema}.users.last_active_at is 'When the user last did something, true to a minute.';

create table ${schema}.api_keys (
    id uuid not null default ${schema}.uuid_v7(),
    user_id uuid not null,
    key_id text not null,
    key_hash bytea not null,
    name text not null,
    scopes text[] not null default '{}',
    active boolean not null default true,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint api_keys_pkey primary key (id),
    constraint api_keys_key_id_unique unique (key_id),
    constraint api_keys_user_fk foreign key (user_id) references ${schema}.users (id) on delete cascade,
    constraint api_keys_key_id_format check (key_id ~ '^[A-Za-z0-9]{16}$'),
    constraint api_keys_key_hash_size check (octet_length(key_hash) = 32),
    constraint api_keys_name_given check (name ~ '\S'),
    constraint api_keys_scopes_given check (array_position(scopes, null) is null),
    constraint api_keys_inactive_when_revoked check (revoked_at is null or not active)
) with (fillfactor = 80);

create index idx_api_keys_user_id_created_at on ${schema}.api_keys (user_id, created_at, id);

create trigger api_keys_touch before update on ${schema}.api_keys
    for each row when (new.updated_at is not distinct from old.updated_at
        and new.last_used_at is not distinct from old.last_used_at)
    execute function ${schema}.touch_updated_at();

comment on table ${schema}.api_keys is 'Keys by which programs act for a user. The keys themselves are not stored.';
comment on column ${schema}.api_keys.key_id is 'The public part of the key, by which it is found.';
comment on column ${schema}.api_keys.key_hash is 'SHA-256 of the secret part, which has 256 random bits and so needs no salt and no slow hash.';
comment on column ${schema}.api_keys.scopes is 'What the key may be used for, in the host''s words.';
comment on column ${schema}.api_keys.active is 'False while suspended, and for good once revoked.';
comment on column ${schema}.api_keys.last_used_at is 'When it was last accepted, true to a minute.';
comment on column ${schema}.api_keys.expires_at is 'From then on the key is refused; null for never.';
comment on column ${schema}.api_keys.revoked_at is 'When the key was revoked, which is for good.';

create function ${schema}.note_key_use(key uuid) returns timestamptz
language sql volatile
as $$
    -- Of those who use the key at this moment one notes it, and the others neither wait nor note it again.
    update ${schema}.api_keys set last_used_at = statement_timestamp()
    where id = (
        select id from ${schema}.api_keys
        where id = key and (last_used_at is null or last_used_at <= statement_timestamp() - interval '1 minute')
        for no key update skip locked)
    returning last_used_at
$$;
comment on function ${schema}.note_key_use(uuid) is 'Notes the use of a key, at most once a minute; null where it did not.';

-- Who was given the right to read new tables and not to write them has no business with hashes.
do $$
declare
    reader name;
begin
    for reader in
        select pg_catalog.pg_get_userbyid(x.grantee)
        from pg_catalog.pg_class c cross join pg_catalog.aclexplode(c.relacl) x
        where c.oid = '${schema}.users'::regclass and x.grantee not in (0, c.relowner)
        group by x.grantee
        having bool_or(x.privilege_type = 'SELECT') and not bool_or(x.privilege_type = 'INSERT')
    loop
        execute pg_catalog.format('revoke select on ${schema}.users, ${schema}.api_keys from %I', reader);
        execute pg_catalog.format('grant select (id, email, username, display_name, role, active, email_verified, metadata,'
            ' bio, affiliation, website, github_username, orcid, public_email, last_login_at, last_active_at, created_at,'
            ' updated_at, deleted_at) on ${schema}.users to %I', reader);
        execute pg_catalog.format('grant select (id, user_id, key_id, name, scopes, active, expires_at, revoked_at,'
            ' last_used_at, created_at, updated_at) on ${schema}.api_keys to %I', reader);
    end loop;
end
$$;

alter table ${schema}.benchmarks add constraint benchmarks_created_by_fk
    foreign key (created_by) references ${schema}.users (id) on delete set null;
alter table ${schema}.evaluations add constraint evaluations_created_by_fk
    foreign key (created_by) references ${schema}.users (id) on delete set null;
