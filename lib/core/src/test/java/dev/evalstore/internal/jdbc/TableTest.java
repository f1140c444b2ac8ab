package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.NotFoundException;
import dev.evalstore.OperationStats;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every table gets from its declaration. */
class TableTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** The states of a thing. */
    private enum State {
        OPEN,
        CLOSED
    }

    /** A row with an id that is never quite deleted. */
    private record Thing(
            UUID id,
            @Nullable String name,
            State state,
            Instant createdAt,
            @Nullable Instant updatedAt,
            @Nullable Instant deletedAt) {}

    /** A row with a key of two columns. */
    private record Member(UUID thingId, String userName, String role) {}

    private static final Table<Thing> THINGS = Table.of(
                    "some thing", "things", "id, name, state, created_at, updated_at, deleted_at", TableTest::thing)
            .newestFirst(Thing::createdAt, Thing::id)
            .status(Thing::state)
            .softDeleted()
            .audited("create", "close", "delete", "soft_delete", "polish");

    private static final Table<Member> MEMBERS = Table.of(
                    "member", "members", "thing_id, user_name, role", TableTest::member)
            .key("thing_id", "user_name")
            .audited("create", "update", "delete");

    private final List<String> entries = new ArrayList<>();
    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
    private final Jdbc acting = jdbc.actingAs(new Acting(
            ActingContext.of(Actor.SYSTEM),
            (tx, action, entityType, entityId, changes, metadata) -> entries.add(
                    action + " " + entityType + " " + entityId + " " + (changes == null ? "-" : changes.text()))));

    @BeforeAll
    static void tables() {
        database.admin(
                "create table evalstore.things (id uuid primary key, name text unique, state text default 'open',"
                        + " created_at timestamptz default statement_timestamp(), deleted_at timestamptz, updated_at timestamptz);"
                        + " create table evalstore.members (thing_id uuid, user_name text, role text,"
                        + " primary key (thing_id, user_name));"
                        + " grant select, insert, update, delete on evalstore.things, evalstore.members to evalstore_app");
    }

    @BeforeEach
    void empty() {
        database.admin("truncate evalstore.things, evalstore.members");
    }

    private static Thing thing(Row row) throws SQLException {
        return new Thing(
                row.uuid("id"),
                row.textOrNull("name"),
                row.enumValue("state", State.class),
                row.instant("created_at"),
                row.instantOrNull("updated_at"),
                row.instantOrNull("deleted_at"));
    }

    private static Member member(Row row) throws SQLException {
        return new Member(row.uuid("thing_id"), row.text("user_name"), row.text("role"));
    }

    /** Conditions over things. */
    private static final class Which extends Conditions<Which> {
        static final Which ALL = new Which(Sql.NONE, false);
        static final Which DELETED_TOO = new Which(Sql.NONE, true);

        private final boolean includesDeleted;

        Which(Sql sql, boolean includesDeleted) {
            super(sql, more -> new Which(more, includesDeleted));
            this.includesDeleted = includesDeleted;
        }

        @Override
        protected boolean includesDeleted() {
            return includesDeleted;
        }
    }

    /** Changes of things. */
    private static final class Change extends Assignments<Change> {
        static final Change NOTHING = new Change(new Columns());

        Change(Columns columns) {
            super(columns, Change::new);
        }
    }

    private static Columns named(String name) {
        return new Columns().set("name", name);
    }

    private static Columns closed() {
        return new Columns().set("state", "closed");
    }

    @Test
    void a_row_is_created_found_changed_and_deleted_by_its_id() {
        Thing made = THINGS.create(jdbc, named("a"));
        assertThat(THINGS.get(jdbc, made.id())).isEqualTo(made);
        Thing changed = THINGS.update(jdbc, made.id(), Change.NOTHING.with("name", "b"));
        assertThat(changed.name()).isEqualTo("b");
        assertThat(changed.updatedAt()).isNotNull();
        assertThat(THINGS.delete(jdbc, made.id())).isTrue();
        assertThat(THINGS.delete(jdbc, made.id())).isFalse();
        assertThat(THINGS.find(jdbc, made.id())).isEmpty();
    }

    @Test
    void a_key_of_two_columns_is_a_list_of_both_values() {
        UUID thing = UUID.randomUUID();
        List<Object> key = List.of(thing, "ada");
        Columns values =
                new Columns().set("thing_id", thing).set("user_name", "ada").set("role", "owner");
        assertThat(MEMBERS.create(jdbc, values)).isEqualTo(new Member(thing, "ada", "owner"));
        assertThat(MEMBERS.update(jdbc, key, Change.NOTHING.with("role", "guest"))
                        .role())
                .isEqualTo("guest");
        assertThat(MEMBERS.get(jdbc, key).role()).isEqualTo("guest");
        assertThat(MEMBERS.delete(jdbc, List.of(thing, "bob"))).isFalse();
        assertThat(MEMBERS.delete(jdbc, key)).isTrue();
        assertThatThrownBy(() -> MEMBERS.get(jdbc, key))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(thing + "/ada");
    }

    @Test
    void an_update_assigns_each_column_once_and_leaves_other_updates_as_they_are() {
        Thing made = THINGS.create(jdbc, named("a"));
        Change first = Change.NOTHING.with("name", "b").with("state", Patch.keep());
        Change last = first.with("name", "c");
        assertThat(first.columns().assignments().text()).isEqualTo("name = ?");
        assertThat(last.columns().assignments().args()).containsExactly("c");
        assertThat(THINGS.update(jdbc, made.id(), last).name()).isEqualTo("c");
        assertThat(THINGS.update(jdbc, made.id(), first).name()).isEqualTo("b");
        assertThat(THINGS.update(jdbc, made.id(), last.with("name", Patch.keep()))
                        .name())
                .isEqualTo("b");
        assertThat(THINGS.update(jdbc, made.id(), last.with("name", Patch.clear()))
                        .name())
                .isNull();
    }

    @Test
    void an_update_of_nothing_reads() {
        Thing made = THINGS.create(jdbc, named("a"));
        assertThat(THINGS.update(jdbc, made.id(), Change.NOTHING)).isEqualTo(made);
        assertThat(THINGS.get(jdbc, made.id()).updatedAt()).isNull();
        UUID nobody = UUID.randomUUID();
        assertThatThrownBy(() -> THINGS.update(jdbc, nobody, Change.NOTHING)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> THINGS.update(jdbc, nobody, Change.NOTHING.with("name", "b")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("some thing")
                .hasMessageContaining(nobody.toString());
    }

    @Test
    void a_refused_move_names_the_present_status_and_changes_nothing() {
        Thing made = THINGS.create(jdbc, named("a"));
        assertThat(THINGS.move(jdbc, made.id(), "close", "state = 'open'", closed())
                        .state())
                .isEqualTo(State.CLOSED);
        assertThatThrownBy(() -> THINGS.move(jdbc, made.id(), "close", "state = 'open'", closed()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is closed: cannot close");
        assertThatThrownBy(() -> THINGS.move(jdbc, UUID.randomUUID(), "close", "state = 'open'", closed()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_soft_deleted_row_is_found_by_its_key_and_by_nothing_else() {
        Thing made = THINGS.create(jdbc, named("a"));
        Thing other = THINGS.create(jdbc, named("b"));
        assertThat(THINGS.softDelete(jdbc, made.id(), new Columns()).deletedAt())
                .isNotNull();
        assertThat(THINGS.find(jdbc, made.id())).isPresent();
        assertThat(THINGS.list(jdbc, Which.ALL, 10, null).items()).containsExactly(other);
        assertThat(THINGS.list(jdbc, Which.DELETED_TOO, 10, null).items()).hasSize(2);
        assertThat(THINGS.count(jdbc, Which.ALL)).isEqualTo(1);
        assertThat(THINGS.count(jdbc, Which.DELETED_TOO)).isEqualTo(2);
        assertThatThrownBy(() -> THINGS.update(jdbc, made.id(), Change.NOTHING.with("name", "c")))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> THINGS.move(jdbc, made.id(), "close", "state = 'open'", closed()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> THINGS.softDelete(jdbc, made.id(), new Columns()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("deleted already");
        assertThatThrownBy(() -> THINGS.softDelete(jdbc, UUID.randomUUID(), new Columns()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void pages_follow_each_other_newest_first() {
        List<UUID> made = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            made.add(0, THINGS.create(jdbc, named(name)).id());
        }
        List<UUID> listed = new ArrayList<>();
        Cursor after = null;
        do {
            Page<Thing> page = THINGS.list(jdbc, Which.ALL.and("and name <> ?", "c"), 2, after);
            page.items().forEach(thing -> listed.add(thing.id()));
            after = page.next();
        } while (after != null);
        made.remove(2);
        assertThat(listed).isEqualTo(made);
    }

    @Test
    void the_declared_verbs_leave_entries_where_an_actor_is_named_and_no_others() {
        Thing made = THINGS.create(acting, named("a"));
        String id = made.id().toString();
        assertThat(entries).singleElement().asString().startsWith("create some_thing " + id + " {");
        THINGS.update(acting, made.id(), Change.NOTHING.with("name", "b"));
        assertThat(entries).hasSize(1);
        THINGS.move(acting, made.id(), "close", "state = 'open'", closed());
        assertThat(entries.get(1))
                .isEqualTo("close some_thing " + id + " {\"state\":{\"from\":\"OPEN\",\"to\":\"CLOSED\"}}");
        assertThat(THINGS.<Integer>act(acting, "polish", made.id(), tx -> 7)).isEqualTo(7);
        assertThat(entries.get(2)).isEqualTo("polish some_thing " + id + " -");
        assertThat(THINGS.<Boolean>act(acting, "polish", made.id(), tx -> false))
                .isFalse();
        THINGS.softDelete(acting, made.id(), new Columns());
        assertThat(THINGS.delete(acting, made.id())).isTrue();
        assertThat(THINGS.delete(acting, made.id())).isFalse();
        assertThat(entries)
                .extracting(entry -> entry.substring(0, entry.indexOf(' ')))
                .containsExactly("create", "close", "polish", "soft_delete", "delete");
    }

    @Test
    void an_entry_about_a_key_of_two_columns_names_both() {
        UUID thing = UUID.randomUUID();
        MEMBERS.create(
                acting,
                new Columns().set("thing_id", thing).set("user_name", "ada").set("role", "owner"));
        MEMBERS.update(acting, List.of(thing, "ada"), Change.NOTHING.with("role", "owner"));
        MEMBERS.delete(acting, List.of(thing, "ada"));
        assertThat(entries)
                .as("an update that changes nothing leaves none")
                .extracting(entry -> entry.substring(0, entry.indexOf('{')))
                .containsExactly("create member " + thing + "/ada ", "delete member " + thing + "/ada ");
    }

    @Test
    void a_write_that_fails_leaves_no_entry() {
        THINGS.create(jdbc, named("a"));
        assertThatThrownBy(() -> THINGS.create(acting, named("a"))).isInstanceOf(ConstraintViolationException.class);
        assertThatThrownBy(() -> THINGS.move(acting, UUID.randomUUID(), "close", "true", closed()))
                .isInstanceOf(NotFoundException.class);
        assertThat(entries).isEmpty();
    }

    @Test
    void each_statement_has_the_name_of_its_verb() {
        Jdbc counted = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        Thing made = THINGS.create(counted, named("a"));
        THINGS.get(counted, made.id());
        THINGS.list(counted, Which.ALL, 1, null);
        THINGS.count(counted, Which.ALL);
        THINGS.update(counted, made.id(), Change.NOTHING.with("name", "b"));
        THINGS.move(counted, made.id(), "close", "true", closed());
        THINGS.softDelete(counted, made.id(), new Columns());
        THINGS.delete(counted, made.id());
        assertThat(counted.operations())
                .extracting(OperationStats::name)
                .containsExactly(
                        "things.close",
                        "things.count",
                        "things.create",
                        "things.delete",
                        "things.find",
                        "things.list",
                        "things.soft_delete",
                        "things.update");
    }

    @Test
    void a_declaration_tells_its_columns_also_for_a_join() {
        Table<Member> table = Table.of(
                "member", "members", "m.thing_id, coalesce(m.role, 'x, y') as role,\n  now() as seen_at", row -> null);
        assertThat(table.columnNames()).containsExactly("thing_id", "role", "seen_at");
        assertThat(MEMBERS.columns("m"))
                .isEqualTo("m.thing_id as m_thing_id, m.user_name as m_user_name, m.role as m_role");
        assertThat(MEMBERS.text("/* members.x */ select {columns} from evalstore.members"))
                .isEqualTo("/* members.x */ select thing_id, user_name, role from evalstore.members");
        assertThat(THINGS.auditedAs()).isEqualTo("some_thing");
        assertThat(THINGS.auditedVerbs()).isEqualTo(Set.of("create", "close", "delete", "soft_delete", "polish"));
    }

    @Test
    void columns_of_a_join_are_read_by_their_alias() {
        Thing made = THINGS.create(jdbc, named("a"));
        MEMBERS.create(
                jdbc,
                new Columns().set("thing_id", made.id()).set("user_name", "ada").set("role", "owner"));
        String joined = "/* things.members */ select " + THINGS.columns("t") + ", " + MEMBERS.columns("m")
                + " from evalstore.things t join evalstore.members m on m.thing_id = t.id";
        String both = jdbc.one(
                Sql.of(joined),
                row -> thing(row.at("t")).name() + member(row.at("m")).role());
        assertThat(both).isEqualTo("aowner");
    }
}
