package dev.evalstore.state;

import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresStateBackendTest implements StateBackendContract {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Override
    public StateBackend open(String name, StateOptions options) {
        return database.db().state(name, options);
    }

    @Override
    public void advance(StateBackend state, Duration time) {
        letPass(database, state, time);
    }

    /** Nobody can turn the server's clock, so everything that is stored moves into the past instead. */
    static void letPass(TestDatabase database, StateBackend state, Duration time) {
        String mine = " where namespace_id = (select id from evalstore.state_namespaces where name = '"
                + state.namespace() + "')";
        String shift = " - interval '" + time.toSeconds() + " seconds'";
        for (String table : new String[] {"state_entries", "state_history"}) {
            String minute = table.equals("state_entries")
                    ? ", expiry_minute = floor(extract(epoch from expires_at" + shift + ") / 60)"
                    : "";
            database.admin("update evalstore." + table + " set created_at = created_at" + shift
                    + ", updated_at = updated_at" + shift + ", expires_at = expires_at" + shift + minute + mine);
        }
        for (String table : new String[] {"state_checkpoints", "state_changes"}) {
            database.admin("update evalstore." + table + " set created_at = created_at" + shift + mine);
        }
    }
}
