package dev.evalstore;

import dev.evalstore.testkit.BareDataSource;
import java.sql.Connection;

/** The simplest pool there can be: one connection, which comes back as it was left. */
final class OneConnection extends BareDataSource {
    private final Connection only;

    OneConnection(Connection only) {
        this.only = only;
    }

    @Override
    protected Connection lend() {
        return only;
    }

    @Override
    protected void takeBack(Connection connection) {}
}
