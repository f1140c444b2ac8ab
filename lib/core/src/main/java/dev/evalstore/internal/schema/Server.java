package dev.evalstore.internal.schema;

import dev.evalstore.SchemaException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.ArrayList;
import java.util.List;

/**
 * The server and the database, as far as the library needs them to be of some kind.
 *
 * @param number the server's version as a number, such as 150013
 * @param version the same as text
 * @param encoding the database's encoding
 */
record Server(int number, String version, String encoding) {
    private static final int MIN_NUMBER = 150_000;
    private static final String ENCODING = "UTF8";

    private static final String SERVER = """
            /* migrations.server */ select current_setting('server_version_num')::int as number,
                current_setting('server_version') as version, current_setting('server_encoding') as encoding""";

    static Server of(Jdbc db) {
        return db.one(
                Sql.of(SERVER), row -> new Server(row.integer("number"), row.text("version"), row.text("encoding")));
    }

    /**
     * Refuses what the library cannot work on.
     *
     * @throws SchemaException saying what is needed and what is there
     */
    void require() {
        List<String> problems = new ArrayList<>();
        if (number < MIN_NUMBER) {
            problems.add("PostgreSQL 15 or newer is needed, and the server is " + version);
        }
        if (!encoding.equals(ENCODING)) {
            problems.add("a database with encoding UTF8 is needed, and this one has " + encoding
                    + ": create one with encoding 'UTF8' template template0");
        }
        if (!problems.isEmpty()) {
            throw new SchemaException(String.join("; ", problems), null, null);
        }
    }
}
