package dev.evalstore.internal.organization;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.event.EventRows.Event;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Tells of the memberships that end with a user: deleted users are members of nothing, and no verb of organizations says so. */
public final class Memberships {
    /** The type of the aggregate. */
    public static final String AGGREGATE = "membership";

    /** What happened to a membership that somebody else ended. */
    public static final String REMOVED = "removed";

    /** Locks them, so that an end by the organization comes before or after. Those of deleted users have ended before. */
    private static final String ENDING = """
            /* organization_members.lock_ending */ select m.organization_id, m.user_id, upper(m.role) as role
            from evalstore.organization_members m
            join evalstore.organizations o on o.id = m.organization_id and o.deleted_at is null
            join evalstore.users u on u.id = m.user_id and u.deleted_at is null
            where m.user_id = ?
            order by m.organization_id for no key update of m""";

    private Memberships() {}

    /** Runs a change that deletes the user, who is locked, and tells of the memberships that end by it. */
    public static <R> R end(Jdbc tx, UUID user, Function<Jdbc, R> change) {
        List<Ending> ending = tx.list(Sql.of(ENDING, user), Ending::map);
        R result = change.apply(tx);
        EventRows.appendAll(tx, ending.stream().map(one -> one.event(tx)).toList());
        return result;
    }

    private record Ending(UUID organization, UUID user, String role) {
        static Ending map(Row row) throws SQLException {
            return new Ending(row.uuid("organization_id"), row.uuid("user_id"), row.text("role"));
        }

        Event event(Jdbc tx) {
            Map<String, Object> told = Map.of("organizationId", organization, "userId", user, "role", role);
            return Event.of(
                    tx,
                    AGGREGATE + "." + REMOVED,
                    AGGREGATE,
                    organization + "/" + user,
                    Json.of(told, JsonMapping.builtIn()));
        }
    }
}
