package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who maintains which definition. */
final class DefinitionMaintainers {
    static final Table<DefinitionMaintainer> TABLE = Table.of(
                    "definition maintainer",
                    "definition_maintainers",
                    "definition_id, user_id, created_at",
                    DefinitionMaintainers::map)
            .key("definition_id", "user_id")
            .audited("add", "remove");

    private static final Keyset<DefinitionMaintainer> LATEST_FIRST = Keyset.newestFirst(
            "definition_maintainers",
            "created_at",
            "user_id",
            DefinitionMaintainer::createdAt,
            DefinitionMaintainer::userId);

    private static final String CREATE_ALL = """
            /* definition_maintainers.create_all */ insert into evalstore.definition_maintainers (definition_id, user_id)
            select ?, u.id from unnest(?::uuid[]) as u (id)""";

    /** The definition is locked, so that its deletion comes before or after. */
    private static final String ADD = """
            /* definition_maintainers.add */ insert into evalstore.definition_maintainers (definition_id, user_id)
            select d.id, ? from (
                select id from evalstore.benchmark_definitions where id = ? and deleted_at is null for share) d
            on conflict on constraint definition_maintainers_pkey do nothing""";

    private static final String REMOVE = """
            /* definition_maintainers.remove */ delete from evalstore.definition_maintainers
            where user_id = ? and definition_id = (
                select id from evalstore.benchmark_definitions where id = ? and deleted_at is null for share)""";

    private static final String OF_LIVING_USERS = """
            and definition_id = ? and exists (
                select from evalstore.users u where u.id = user_id and u.deleted_at is null)""";

    private DefinitionMaintainers() {}

    /** Those of a definition that is new in this transaction. */
    static void create(Jdbc tx, UUID definition, List<UUID> users) {
        if (!users.isEmpty()) {
            tx.update(Sql.of(CREATE_ALL, definition, SqlArray.uuids(users)));
        }
    }

    static boolean add(Jdbc jdbc, UUID definition, UUID user) {
        return write(jdbc, "add", ADD, definition, user);
    }

    static boolean remove(Jdbc jdbc, UUID definition, UUID user) {
        return write(jdbc, "remove", REMOVE, definition, user);
    }

    private static boolean write(Jdbc jdbc, String verb, String statement, UUID definition, UUID user) {
        List<UUID> key =
                List.of(Objects.requireNonNull(definition, "definition"), Objects.requireNonNull(user, "user"));
        return TABLE.act(jdbc, verb, key, on -> {
            boolean isDone = on.update(Sql.of(statement, user, definition)) == 1;
            if (!isDone && DefinitionRows.TABLE.get(on, definition).deletedAt() != null) {
                throw DefinitionRows.TABLE.notFound(definition);
            }
            return isDone;
        });
    }

    static Page<DefinitionMaintainer> list(Jdbc jdbc, UUID definition, int limit, @Nullable Cursor after) {
        Sql ofDefinition = TABLE.select("list").and(OF_LIVING_USERS, Objects.requireNonNull(definition, "definition"));
        return LATEST_FIRST.read(jdbc, ofDefinition, TABLE.mapper(), limit, after);
    }

    private static DefinitionMaintainer map(Row row) throws SQLException {
        return new DefinitionMaintainer(row.uuid("definition_id"), row.uuid("user_id"), row.instant("created_at"));
    }
}
