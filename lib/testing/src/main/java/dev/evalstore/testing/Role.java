package dev.evalstore.testing;

/** As whom a test's database is opened; {@code migrations/roles.sql} has the roles and their rights. */
public enum Role {
    /** As a service: it reads and writes rows, and has no DDL. */
    APPLICATION("evalstore_app"),
    /** As whoever migrates: the owner of the schema. */
    OWNER("evalstore_owner"),
    /** As a dashboard: it reads. */
    READER("evalstore_reader");

    private final String user;

    Role(String user) {
        this.user = user;
    }

    String user() {
        return user;
    }
}
