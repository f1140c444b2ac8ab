package dev.evalstore.bench.soak;

import dev.evalstore.Database;
import dev.evalstore.Tx;
import dev.evalstore.bench.soak.Journal.Status;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checker goes by: what the clients wrote down, and what the database holds, read through one transaction.
 *
 * @param journals what the clients wrote down
 * @param connection a superuser's, in a transaction
 * @param store the library on the same transaction
 */
record Evidence(Journals journals, Connection connection, Tx store) {
    static Evidence of(Journals journals, Database any, Connection connection) {
        return new Evidence(journals, connection, any.join(connection));
    }

    /** The first column of a query, as text. */
    List<String> texts(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (result.next()) {
                texts.add(String.valueOf(result.getString(1)));
            }
            return texts;
        }
    }

    /** The outcomes of operations of several kinds; a name that stands for several operations counts for each of them. */
    Map<String, Status> outcomes(String room, String... whats) {
        Map<String, Status> all = new LinkedHashMap<>();
        for (String what : whats) {
            journals.outcomes(room, what)
                    .forEach((names, status) -> Arrays.stream(names.split(",")).forEach(name -> all.put(name, status)));
        }
        return all;
    }

    /** The same, where each may also have been deleted, once. */
    Map<String, Status> outcomesUnless(String deleted, String room, String... whats) {
        Map<String, Status> all = outcomes(room, whats);
        outcomes(room, deleted).forEach((name, status) -> {
            switch (status) {
                case OK -> all.put(name, Status.REFUSED);
                case TRY, UNKNOWN -> all.put(name, Status.UNKNOWN);
                default -> {
                    // It was not deleted, so it is where it was.
                }
            }
        });
        return all;
    }
}
