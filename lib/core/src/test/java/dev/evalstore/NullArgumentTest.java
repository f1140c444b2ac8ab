package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import dev.evalstore.testkit.TestDatabase;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A null that is no value is refused by the argument's name, and not by the line of the library that met it. */
@SuppressWarnings("NullAway")
class NullArgumentTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void is_named() {
        Database db = database.db();
        Map<ThrowingCallable, String> calls = Map.of(
                () -> db.users().authenticate(null, "password"), "login",
                () -> db.users().authenticate("ada", null), "password",
                () -> db.apiKeys().verify(null), "presented",
                () -> db.join(null), "connection",
                () -> Json.parse("1").as(null), "type",
                () -> JobFilter.ALL.statuses(Arrays.asList(JobStatus.PENDING, null)), "statuses");
        calls.forEach((call, name) -> assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name));
    }
}
