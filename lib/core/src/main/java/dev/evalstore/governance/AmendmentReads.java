package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;

/** The verbs of {@link AmendmentRepository} that only read. */
public sealed class AmendmentReads extends TableRows<ProposalAmendment, AmendmentFilter> permits AmendmentRepository {
    static final Table<ProposalAmendment> TABLE = Table.of(
                    "proposal amendment", "proposal_amendments", """
                    id, proposal_id, title, description, changes, status, decided_by, decided_at, reason, created_by,
                    created_at, updated_at""", AmendmentReads::map)
            .newestFirst(ProposalAmendment::createdAt, ProposalAmendment::id)
            .status(ProposalAmendment::status)
            .audited("create", "accept", "reject", "withdraw");

    AmendmentReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    private static ProposalAmendment map(Row row) throws SQLException {
        return new ProposalAmendment(
                row.uuid("id"),
                row.uuid("proposal_id"),
                row.text("title"),
                row.text("description"),
                row.json("changes"),
                row.enumValue("status", AmendmentStatus.class),
                row.uuidOrNull("decided_by"),
                row.instantOrNull("decided_at"),
                row.textOrNull("reason"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
