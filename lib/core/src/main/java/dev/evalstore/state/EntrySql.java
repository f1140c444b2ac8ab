package dev.evalstore.state;

/** The statements on entries, before {@link StateSql} composes them for a kind of namespace. */
final class EntrySql {
    /** An entry proves that its number is the namespace's: numbers are random. Without one, the namespace is looked at. */
    private static final Template ONE = new Template("""
            e.key is not null or exists (select from evalstore.state_namespaces n where {checked}) as here
            from (select 1) one
            left join evalstore.state_entries e on e.namespace_id = ? and e.key = ? and {live}""");

    static final Template GET = new Template("/* state.get */ select e.value, {one}").with("one", ONE);

    static final Template GET_ENTRY = new Template("/* state.get_entry */ select {entry}, {one}").with("one", ONE);

    static final Template CONTAINS =
            new Template("/* state.contains */ select e.key is not null as found, {one}").with("one", ONE);

    static final Template GET_ALL = new Template("""
            /* state.get_all */ select {entry} from evalstore.state_namespaces n
            left join evalstore.state_entries e on e.namespace_id = n.id and e.key = any (?::bytea[]) and {live}
            where {checked}""");

    static final Template REPLACE_BARE = new Template("""
            on conflict (namespace_id, key) do update set
                value = excluded.value, version = {raised}, epoch = excluded.epoch,
                expires_at = null, expiry_minute = null, metadata = null, updated_at = excluded.updated_at,
                created_at = case when {live} then e.created_at else excluded.created_at end""");

    static final Template REPLACE = new Template("""
            on conflict (namespace_id, key) do update set
                value = excluded.value, version = {raised}, epoch = excluded.epoch,
                expires_at = excluded.expires_at, expiry_minute = excluded.expiry_minute, metadata = excluded.metadata,
                updated_at = excluded.updated_at,
                created_at = case when {live} then e.created_at else excluded.created_at end""");

    /** For a put that expects no entry: one that has expired may still be there. */
    static final Template REPLACE_EXPIRED = new Template("{replace} where not {live}").with("replace", REPLACE);

    static final Template REPLACE_KEEPING_TTL = new Template("""
            on conflict (namespace_id, key) do update set
                value = excluded.value, version = {raised}, epoch = excluded.epoch,
                expires_at = case when {live} then e.expires_at else excluded.expires_at end,
                expiry_minute = case when {live} then e.expiry_minute else excluded.expiry_minute end,
                metadata = case when {live} then coalesce(excluded.metadata, e.metadata) else excluded.metadata end,
                updated_at = excluded.updated_at,
                created_at = case when {live} then e.created_at else excluded.created_at end""");

    static final Template PUT = new Template("""
            insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)
            select n.id, ?, ?, {next}, {epoch} from n {replace}""");

    static final Template PUT_WITH_OPTIONS = new Template("""
            insert into evalstore.state_entries as e
                (namespace_id, key, value, version, epoch, expires_at, expiry_minute, metadata)
            select n.id, ?, ?, {next}, {epoch}, x.at, floor(extract(epoch from x.at) / 60)::int, ?::jsonb
            from n cross join (select statement_timestamp() + make_interval(secs => ?::float8)) x(at) {replace}""");

    static final Template PUT_IF_VERSION = new Template("""
            update evalstore.state_entries e set epoch = {epoch}, updated_at = statement_timestamp(), version = {next},
                value = ?, metadata = ?::jsonb,
                expires_at = x.at, expiry_minute = floor(extract(epoch from x.at) / 60)::int
            from (select statement_timestamp() + make_interval(secs => ?::float8)) x(at)
            where e.namespace_id = (select id from n) and e.key = ? and {live} and e.version = ?""");

    static final Template PUT_IF_VERSION_KEEPING_TTL = new Template("""
            update evalstore.state_entries e set epoch = {epoch}, updated_at = statement_timestamp(), version = {next},
                value = ?, metadata = coalesce(?::jsonb, e.metadata)
            where e.namespace_id = (select id from n) and e.key = ? and {live} and e.version = ?""");

    static final Template COMPARE_AND_SET = new Template("""
            update evalstore.state_entries e set epoch = {epoch}, updated_at = statement_timestamp(), version = {next},
                value = ?
            where e.namespace_id = (select id from n) and e.key = ? and {live} and e.version = ?""");

    /** Eight bytes as a number: the server has no such cast before its version 18. */
    private static final String NUMBER = "('x' || encode({bytes}, 'hex'))::bit(64)::bigint";

    static final Template INCREMENT = new Template("""
            insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)
            select n.id, ?, int8send(?::bigint), {next}, {epoch} from n
            on conflict (namespace_id, key) do update set version = {raised}, epoch = excluded.epoch,
                value = case when {live} then int8send({old} + {delta}) else excluded.value end,
                expires_at = case when {live} then e.expires_at end,
                expiry_minute = case when {live} then e.expiry_minute end,
                metadata = case when {live} then e.metadata end,
                created_at = case when {live} then e.created_at else excluded.created_at end,
                updated_at = excluded.updated_at
            where not {live} or octet_length(e.value) = 8
                and {old}::numeric + {delta} between -9223372036854775808 and 9223372036854775807""")
            .with("old", NUMBER.replace("{bytes}", "e.value"))
            .with("delta", NUMBER.replace("{bytes}", "excluded.value"));

    static final String SUM = NUMBER.replace("{bytes}", "value") + " as n";

    /**
     * All keys share one version, which is new to each of them. Drawing one for each key would cost a twentieth of the
     * time.
     */
    static final Template PUT_ALL = new Template("""
            insert into evalstore.state_entries as e
                (namespace_id, key, value, version, epoch, expires_at, expiry_minute, metadata)
            select n.id, x.key, x.value, (select {next}), {epoch},
                x.at, floor(extract(epoch from x.at) / 60)::int, x.metadata
            from n cross join (
                select t.key, t.value, t.metadata,
                    coalesce(t.at, statement_timestamp() + make_interval(secs => t.ttl)) as at
                from unnest(?::bytea[], ?::bytea[], ?::float8[], ?::timestamptz[], ?::jsonb[])
                    t(key, value, ttl, at, metadata)) x
            where x.at is null or x.at > statement_timestamp() {replace}""");

    /** Keys and values alone, as most batches are: a fifth less of the server's time than {@link #PUT_ALL}. */
    static final Template PUT_ALL_BARE = new Template("""
            insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)
            select n.id, x.key, x.value, (select {next}), {epoch}
            from n cross join unnest(?::bytea[], ?::bytea[]) x(key, value) {replace}""");

    static final Template DELETE = new Template("""
            delete from evalstore.state_entries e
            where e.namespace_id = (select id from n) and e.key = ? and {live}""");

    static final Template COMPARE_AND_DELETE = new Template("""
            delete from evalstore.state_entries e
            where e.namespace_id = (select id from n) and e.key = ? and {live} and e.version = ?""");

    /** Locks in the order of keys before it deletes, so that two batches wait for each other and never deadlock. */
    static final Template DELETE_ALL = new Template("""
            delete from evalstore.state_entries e where e.namespace_id = (select id from n) and e.key = any (array(
                select d.key from evalstore.state_entries d
                where d.namespace_id = (select id from n) and d.key = any (?::bytea[])
                    and (d.expires_at is null or d.expires_at > statement_timestamp())
                order by d.key for update))""");

    /** The same for all keys, which are too many for an array. The count runs once, before anything is deleted. */
    static final Template CLEAR = new Template("""
            delete from evalstore.state_entries e where e.namespace_id = (select id from n) and 0 < (
                select count(*) from (
                    select from evalstore.state_entries d
                    where d.namespace_id = (select id from n) order by d.key for update) l)""");

    static final Template TOUCH = new Template("""
            update evalstore.state_entries e set epoch = {epoch}, updated_at = statement_timestamp()
            where e.namespace_id = (select id from n) and e.key = ? and {live}""");

    static final Template EXPIRE = new Template("""
            update evalstore.state_entries e set epoch = {epoch}, updated_at = statement_timestamp(),
                expires_at = x.at, expiry_minute = floor(extract(epoch from x.at) / 60)::int
            from (select statement_timestamp() + make_interval(secs => ?::float8)) x(at)
            where e.namespace_id = (select id from n) and e.key = ? and {live}""");

    static final Template PERSIST = new Template("""
            update evalstore.state_entries e set epoch = {epoch}, updated_at = statement_timestamp(),
                expires_at = null, expiry_minute = null
            where e.namespace_id = (select id from n) and e.key = ? and {live}""");

    static final Template SWEEP = new Template("""
            delete from evalstore.state_entries e where e.namespace_id = (select id from n) and e.key = any (array(
                select d.key from evalstore.state_entries d
                where d.namespace_id = (select id from n) and d.expires_at <= statement_timestamp()
                    and d.expiry_minute <= floor(extract(epoch from statement_timestamp()) / 60)::int
                order by d.expiry_minute limit ? for update skip locked))""");

    private EntrySql() {}
}
