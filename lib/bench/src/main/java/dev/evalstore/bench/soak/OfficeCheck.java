package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the audit log is complete, and nothing happened that should not. */
final class OfficeCheck {
    private OfficeCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        violations.compare(
                "an audit entry",
                evidence.outcomes(Stage.AUDIT, "record", "recordAll"),
                evidence.texts(
                        "select entity_id from evalstore.audit_log where entity_type = '" + AuditRoom.ENTITY + "'"));
        violations.compare(
                "the audit entry of a change",
                evidence.outcomes(Stage.AUDIT, "update"),
                evidence.texts(
                        "select request_id from evalstore.audit_log where entity_type = 'user' and action = 'update'"));
        violations.each("a user's name is not what the audit log says last", evidence.texts("""
                select u.username from evalstore.users u
                where u.display_name is distinct from (
                    select a.changes -> 'displayName' ->> 'to' from evalstore.audit_log a
                    where a.entity_type = 'user' and a.action = 'update' and a.entity_id = u.id::text
                    order by a.occurred_at desc, a.id desc limit 1)"""));
        Set<String> surprises = evidence.journals().lines().stream()
                .filter(line -> line.status() == Status.SURPRISE)
                .map(line -> line.client() + " " + line.room() + " " + line.what() + " " + line.detail())
                .collect(Collectors.toSet());
        violations.each("something unexpected happened to a client", surprises);
    }
}
