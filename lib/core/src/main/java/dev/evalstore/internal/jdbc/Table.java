package dev.evalstore.internal.jdbc;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a table's facts stand: name, columns, mapper, key, list order, soft delete, and which of its writes are
 * audited. The statements that differ in nothing else come from it, each under a name of its own ({@code users.create}).
 *
 * <p>A table is declared once, as a constant: {@code Table.of(…).newestFirst(…).audited(…)}. Nothing changes it afterwards.
 *
 * <p>A key is one value, or a {@code List} of them where the key has several columns.
 */
public final class Table<T> {
    private final String entity;
    private final String name;
    private final String columns;
    private final RowMapper<T> mapper;
    private final boolean isTouched;
    private String from;
    private List<String> key = List.of("id");
    private @Nullable Function<T, UUID> identity;
    private @Nullable Keyset<T> order;
    private @Nullable Function<T, ? extends Enum<?>> status;
    private boolean softDeleted;
    private Set<String> audited = Set.of();
    private Set<String> withheld = Set.of();
    private @Nullable Emitter<T> emitter;
    private @Nullable Touching<T> touching;

    private Table(String entity, String name, String columns, RowMapper<T> mapper) {
        this.entity = entity;
        this.name = name;
        this.columns = columns.strip().replaceAll("\\s+", " ");
        this.mapper = mapper;
        this.from = "evalstore." + name;
        this.isTouched = columnNames().contains("updated_at");
    }

    /**
     * Begins a declaration.
     *
     * @param entity the row's name in messages and, with underscores, in audit entries
     * @param name the bare table name
     * @param columns every column that is read, comma-separated
     */
    public static <T> Table<T> of(String entity, String name, String columns, RowMapper<T> mapper) {
        return new Table<>(entity, name, columns, mapper);
    }

    /** Rows that are read from several tables: what stands between {@code from} and {@code where}. Such rows are only read. */
    public Table<T> from(String joined) {
        from = joined.strip();
        return this;
    }

    /** The key's columns, where that is not {@code id}. */
    public Table<T> key(String... columnNames) {
        key = List.of(columnNames);
        return this;
    }

    /** Lists go by {@code created_at} and {@code id}, newest first. */
    public Table<T> newestFirst(Function<T, Instant> createdAt, Function<T, UUID> id) {
        identity = id;
        return order(Keyset.newestFirst(name, createdAt, id));
    }

    /** Lists go by this order; its name must be the table's. */
    public Table<T> order(Keyset<T> keyset) {
        order = keyset;
        return this;
    }

    /** What a refused {@link #move} names. */
    public Table<T> status(Function<T, ? extends Enum<?>> of) {
        status = of;
        return this;
    }

    /**
     * A deleted row stays, with {@code deleted_at} set. It is still found by its key, and by nothing else: lists and finders
     * pass over it, and every change of it is refused.
     */
    public Table<T> softDeleted() {
        softDeleted = true;
        return this;
    }

    /** The verbs that leave an audit entry in their own commit where somebody acts; no other verb of this table does. */
    public Table<T> audited(String... verbs) {
        audited = Set.of(verbs);
        return this;
    }

    /** Fields of the record whose values no audit entry has: it tells that they changed. */
    public Table<T> withholding(String... fields) {
        withheld = Set.of(fields);
        return this;
    }

    /** The verbs that append a domain event in their own commit, and what it tells. */
    public Table<T> emitting(Emitter<T> events) {
        emitter = events;
        return this;
    }

    /** The units of cached reads that each verb changes, and tells in its own commit. */
    public Table<T> touching(Touching<T> units) {
        touching = units;
        return this;
    }

    public String entity() {
        return entity;
    }

    public String name() {
        return name;
    }

    public String columns() {
        return columns;
    }

    public RowMapper<T> mapper() {
        return mapper;
    }

    /** The entity as audit entries name it. */
    public String auditedAs() {
        return entity.replace(' ', '_');
    }

    public Set<String> auditedVerbs() {
        return audited;
    }

    Set<String> withheld() {
        return withheld;
    }

    public @Nullable Emitter<T> emitter() {
        return emitter;
    }

    @Nullable
    Touching<T> touching() {
        return touching;
    }

    List<String> key() {
        return key;
    }

    /** Reads the {@code id} that is the key, or null where the declaration does not say how. */
    @Nullable
    Function<T, UUID> identity() {
        return key.equals(List.of("id")) ? identity : null;
    }

    /** The columns' names, in order. */
    public List<String> columnNames() {
        List<String> names = new ArrayList<>();
        int depth = 0;
        int start = 0;
        String all = columns + ",";
        for (int i = 0; i < all.length(); i++) {
            char c = all.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                names.add(all.substring(start, i).strip().replaceFirst("(?s).*[\\s.]", ""));
                start = i + 1;
            }
        }
        return names;
    }

    /** The columns of a row that stands beside others in a join, to be read by {@link Row#at}: {@code u.id as u_id, …}. */
    public String columns(String alias) {
        return columnNames().stream()
                .map(column -> alias + "." + column + " as " + alias + "_" + column)
                .collect(Collectors.joining(", "));
    }

    /** A statement of the table's own repository, with the columns' list for {@code {columns}}. */
    public String text(String statement) {
        return statement.replace("{columns}", columns);
    }

    /** All rows but soft-deleted ones; filters follow by {@code and}. */
    public Sql select(String verb) {
        return Sql.of(reading(verb) + live());
    }

    /** All rows, soft-deleted ones too. */
    public Sql selectAll(String verb) {
        return Sql.of(reading(verb));
    }

    private String reading(String verb) {
        return named(verb) + "select " + columns + " from " + from + " where true";
    }

    private String named(String verb) {
        return "/* " + name + "." + verb + " */ ";
    }

    /** The row with the key, also a soft-deleted one. */
    public Optional<T> find(Jdbc jdbc, Object id) {
        return jdbc.find(byKey("find", id), mapper);
    }

    /**
     * The row with the key, also a soft-deleted one.
     *
     * @throws NotFoundException if none has the key
     */
    public T get(Jdbc jdbc, Object id) {
        return find(jdbc, id).orElseThrow(() -> notFound(id));
    }

    /** Text that is no slug is not repeated: it may be anything. */
    public NotFoundException notFoundBySlug(String slug) {
        return new NotFoundException(entity, "slug", Check.isSlug(slug) ? slug : "given");
    }

    public NotFoundException notFound(Object id) {
        return new NotFoundException(entity, idText(id));
    }

    /** The key as messages and audit entries write it. */
    static String idText(Object id) {
        return id instanceof List<?> parts
                ? parts.stream().map(String::valueOf).collect(Collectors.joining("/"))
                : Objects.requireNonNull(id, "id").toString();
    }

    private Sql byKey(String verb, Object id) {
        return selectAll(verb).and(whereKey(id));
    }

    /** {@code and a = ? and b = ?}. */
    private Sql whereKey(Object id) {
        String condition = key.stream().map(column -> "and " + column + " = ?").collect(Collectors.joining(" "));
        return Sql.of(
                condition,
                id instanceof List<?> parts ? parts.toArray() : new Object[] {Objects.requireNonNull(id, "id")});
    }

    /** One page of the rows that the filter admits, in the declared order. */
    public Page<T> list(Jdbc jdbc, Conditions<?> filter, int limit, @Nullable Cursor after) {
        return list(jdbc, filter, mapper, limit, after);
    }

    /** Every row that the filter admits, in the declared order, by pages whose size is a {@link FetchSize}. */
    public void forEach(Jdbc jdbc, Conditions<?> filter, Consumer<? super T> consumer) {
        FetchSize size = FetchSize.ofPages();
        RowMapper<T> measured = row -> {
            T mapped = mapper.map(row);
            size.add(row.takeCharacters());
            return mapped;
        };
        int limit = size.rows();
        Cursor after = null;
        do {
            Page<T> page = list(jdbc, filter, measured, limit, after);
            page.items().forEach(consumer);
            limit = size.next();
            after = page.next();
        } while (after != null);
    }

    private Page<T> list(Jdbc jdbc, Conditions<?> filter, RowMapper<T> by, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(filter, "filter");
        Sql filtered = (filter.includesDeleted() ? selectAll("list") : select("list")).and(filter);
        return Objects.requireNonNull(order, "the table declares no list order").read(jdbc, filtered, by, limit, after);
    }

    public long count(Jdbc jdbc, Conditions<?> filter) {
        Objects.requireNonNull(filter, "filter");
        String admitted = filter.includesDeleted() ? "" : live();
        Sql count = Sql.of(named("count") + "select count(*) as n from " + from + " where true" + admitted)
                .and(filter);
        return jdbc.one(count, row -> row.bigint("n"));
    }

    private String live() {
        return softDeleted ? " and deleted_at is null" : "";
    }

    /**
     * Stores a new row of these columns, under a new {@code id} where that is the key. Where the connection is lost before the
     * answer, a row with an {@code id} is sent again: either it is new, or its own id tells that it is stored already.
     */
    public T create(Jdbc jdbc, Columns values) {
        return create(jdbc, values, (on, row) -> row);
    }

    /**
     * The same of a row with more in other tables; the audit entry has that too.
     *
     * @param more stores it in the same transaction, and returns the row with it
     */
    public T create(Jdbc jdbc, Columns values, BiFunction<Jdbc, T, T> more) {
        if (!key.equals(List.of("id"))) {
            Sql insert = insert(values);
            return trail().created(
                            jdbc, on -> more.apply(on, on.change(insert, mapper).orElseThrow()));
        }
        UUID id = Uuids.next();
        Sql insert = insert(new Columns().set("id", id).all(values));
        return trail().created(
                        jdbc, on -> more.apply(on, UnknownOutcome.insert(on, insert, mapper, byKey("find", id))));
    }

    /** A statement of the repository's own that stores a new row, with all fields in the audit entry; or nothing, and then there is no entry. */
    public Optional<T> createIf(Jdbc jdbc, Sql statement) {
        return trail().createdIf(jdbc, on -> on.change(statement, mapper));
    }

    private Sql insert(Columns values) {
        return Sql.of(named("create") + "insert into evalstore." + name)
                .and(values.values())
                .and("returning " + columns);
    }

    /**
     * Writes the columns of the change and {@code updated_at}; without any, reads.
     *
     * @throws NotFoundException if none has the key, or it is soft-deleted
     */
    public T update(Jdbc jdbc, Object id, Assignments<?> change) {
        return update(
                jdbc, id, "update", Objects.requireNonNull(change, "change").columns());
    }

    /** The same with these columns, under another verb. */
    public T update(Jdbc jdbc, Object id, String verb, Columns values) {
        return change(jdbc, id, verb, "", values, () -> notFound(id), null);
    }

    /**
     * The same of a row with more in other tables; the audit entry has that too, and metadata.
     *
     * @param more stores it in the same transaction
     */
    public T update(Jdbc tx, Object id, String verb, Columns values, Consumer<Jdbc> more, @Nullable Json metadata) {
        Sql update = updating(id, verb, live(), values);
        return trail().changed(
                        tx,
                        verb,
                        id,
                        on -> {
                            more.accept(on);
                            return on.change(update, mapper).orElseThrow(() -> notFound(id));
                        },
                        metadata);
    }

    /**
     * Writes the given columns where the row meets the guard, as a change of status does.
     *
     * @param guard a condition over the columns, such as {@code status = 'pending'}
     * @throws NotFoundException if none has the key, or it is soft-deleted
     * @throws ConflictException if the row does not meet the guard; it names the present status where one is declared
     */
    public T move(Jdbc jdbc, Object id, String verb, String guard, Columns values) {
        return move(jdbc, id, verb, guard, values, null);
    }

    /** The same with metadata in the audit entry, such as a reason that the row does not hold. */
    public T move(Jdbc jdbc, Object id, String verb, String guard, Columns values, @Nullable Json metadata) {
        return change(jdbc, id, verb, " and " + guard, values, () -> refused(jdbc, id, verb), metadata);
    }

    private RuntimeException refused(Jdbc jdbc, Object id, String verb) {
        T now = jdbc.find(select("find").and(whereKey(id)), mapper).orElseThrow(() -> notFound(id));
        String state = status == null ? "in no state for that" : Values.word(status.apply(now));
        return new ConflictException(entity + " " + idText(id) + " is " + state + ": cannot " + verb.replace('_', ' '));
    }

    private T change(
            Jdbc jdbc,
            Object id,
            String verb,
            String guard,
            Columns values,
            Supplier<RuntimeException> refusal,
            @Nullable Json metadata) {
        String condition = guard + live();
        if (values.isEmpty()) {
            return jdbc.find(selectAll(verb).and(condition).and(whereKey(id)), mapper)
                    .orElseThrow(refusal);
        }
        Sql update = updating(id, verb, condition, values);
        return trail().changed(jdbc, verb, id, on -> on.change(update, mapper).orElseThrow(refusal), metadata);
    }

    private Sql updating(Object id, String verb, String condition, Columns values) {
        return Sql.of(named(verb) + "update evalstore." + name + " set")
                .and(values.assignments())
                .and((isTouched ? ", updated_at = statement_timestamp()" : "") + " where true" + condition)
                .and(whereKey(id))
                .and("returning " + columns);
    }

    /** Removes the row; false when none has the key. */
    public boolean delete(Jdbc jdbc, Object id) {
        return delete(jdbc, id, "delete");
    }

    /** The same under another verb. */
    public boolean delete(Jdbc jdbc, Object id, String verb) {
        Sql delete = Sql.of(named(verb) + "delete from evalstore." + name + " where true")
                .and(whereKey(id));
        return trail().deleted(jdbc, verb, id, on -> on.update(delete) == 1);
    }

    /**
     * Marks the row as deleted and writes the given columns.
     *
     * @throws NotFoundException if none has the key
     * @throws ConflictException if it is deleted already
     */
    public T softDelete(Jdbc jdbc, Object id, Columns values) {
        Supplier<RuntimeException> refusal = () -> {
            get(jdbc, id);
            return new ConflictException(entity + " " + idText(id) + " is deleted already");
        };
        return change(jdbc, id, "soft_delete", "", new Columns().all(values).now("deleted_at"), refusal, null);
    }

    /** A statement of the repository's own that stores the row with this key and returns it; the audit entry has the fields that changed. */
    public T write(Jdbc jdbc, String verb, Object id, Sql statement) {
        return trail().changed(
                        jdbc, verb, id, on -> on.change(statement, mapper).orElseThrow());
    }

    /** Something done to a row by statements of the repository's own; its audit entry names the verb and no fields. */
    public <R> R act(Jdbc jdbc, String verb, Object id, Function<Jdbc, R> work) {
        return act(jdbc, verb, id, work, result -> null);
    }

    /** The same with metadata in the entry, made of the result: nothing that must not be in the audit log. */
    public <R> R act(
            Jdbc jdbc, String verb, Object id, Function<Jdbc, R> work, Function<? super R, @Nullable Json> metadata) {
        return act(jdbc, verb, id, work, result -> null, metadata);
    }

    /** The same with the fields that changed, made of the result. */
    public <R> R act(
            Jdbc jdbc,
            String verb,
            Object id,
            Function<Jdbc, R> work,
            Function<? super R, @Nullable Json> changes,
            Function<? super R, @Nullable Json> metadata) {
        return trail().act(jdbc, verb, id, work, changes, metadata, result -> null);
    }

    /** The same of work whose result has the row as it is now; an event tells of it. */
    public <R> R actOn(
            Jdbc jdbc, String verb, Object id, Function<Jdbc, R> work, Function<? super R, @Nullable T> row) {
        return trail().act(jdbc, verb, id, work, result -> null, result -> null, row);
    }

    private Trail<T> trail() {
        return new Trail<>(this);
    }

    /** The row as it is, locked against changes until the transaction ends. */
    Optional<T> lock(Jdbc tx, Object id) {
        return tx.find(byKey("lock", id).and("for no key update"), mapper);
    }
}
