package dev.evalstore.reliability;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each write in a transaction that is retried. */
@Tag("long")
class UnknownOutcomeRetriedTest extends UnknownOutcomes {
    @ParameterizedTest(name = "{0}")
    @MethodSource("aFewOfTodaysWritesInTransactions")
    <C> void a_transaction_that_is_retried_goes_through_once(Write<C> write) throws Exception {
        prove(write, How.RETRIED);
    }
}
