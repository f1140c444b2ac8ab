package dev.evalstore.reliability;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The server stays away; and each write that leaves an audit entry, together with it. */
@Tag("long")
class UnknownOutcomeAwayTest extends UnknownOutcomes {
    @ParameterizedTest(name = "{0}")
    @MethodSource("aFewOfTodaysWrites")
    <C> void the_caller_learns_the_truth_when_the_server_stays_away(Write<C> write) throws Exception {
        prove(write, How.ALONE_AND_AWAY);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("aFewOfTodaysAuditedWrites")
    <C> void the_caller_learns_the_truth_of_a_write_and_its_audit_entry(Write<C> write) throws Exception {
        prove(write, How.ALONE);
    }
}
