package dev.evalstore.bench;

import dev.evalstore.state.NewStateEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** The raw side of {@link StateBench}: the statements of a plain namespace, on the same pool, by plain JDBC. */
final class StateByHand {
    private static final String GET = "select value from evalstore.state_entries e where namespace_id = ? and key = ?"
            + " and (expires_at is null or expires_at > statement_timestamp())";
    private static final String UPSERT = " on conflict (namespace_id, key) do update set value = excluded.value,"
            + " version = nextval('evalstore.state_versions'), epoch = excluded.epoch, expires_at = null, expiry_minute = null,"
            + " metadata = null, updated_at = excluded.updated_at, created_at = case when e.expires_at is null"
            + " or e.expires_at > statement_timestamp() then e.created_at else excluded.created_at end";
    private static final String INSERT =
            "insert into evalstore.state_entries as e (namespace_id, key, value, version, epoch)";
    private static final String PUT =
            INSERT + " values (?, ?, ?, nextval('evalstore.state_versions'), 0)" + UPSERT + " returning version";
    private static final String PUT_ALL = INSERT
            + " select ?, x.key, x.value, nextval('evalstore.state_versions'), 0 from unnest(?::bytea[], ?::bytea[]) x(key, value)"
            + UPSERT;
    private static final String LIST = "select key from evalstore.state_entries where namespace_id = ? and key > ?"
            + " and (expires_at is null or expires_at > statement_timestamp()) order by key limit ?";

    private final Lab lab;
    private final int namespace;

    StateByHand(Lab lab, String name) throws SQLException {
        this.lab = lab;
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select id from evalstore.state_namespaces where name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                this.namespace = row.getInt(1);
            }
        }
    }

    byte[] get(byte[] key) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(GET)) {
            statement.setInt(1, namespace);
            statement.setBytes(2, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBytes(1);
            }
        }
    }

    long put(byte[] key, byte[] value) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(PUT)) {
            statement.setInt(1, namespace);
            statement.setBytes(2, key);
            statement.setBytes(3, value);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** In one statement. */
    int putAll(List<NewStateEntry> batch) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(PUT_ALL)) {
            statement.setInt(1, namespace);
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bytea", batch.stream().map(NewStateEntry::key).toArray(byte[][]::new)));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bytea", batch.stream().map(NewStateEntry::value).toArray(byte[][]::new)));
            return statement.executeUpdate();
        }
    }

    List<byte[]> list(byte[] after, int limit) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(LIST)) {
            statement.setInt(1, namespace);
            statement.setBytes(2, after);
            statement.setInt(3, limit);
            List<byte[]> keys = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(row.getBytes(1));
                }
            }
            return keys;
        }
    }

    /** A table that holds all entries of the namespace; gone when it returns. Gives the microseconds that making it took. */
    double copyAll() throws SQLException {
        long start = System.nanoTime();
        lab.execute(
                "create table bench_copy as select namespace_id, key, value, version, epoch, expires_at, metadata, created_at,"
                        + " updated_at from evalstore.state_entries where namespace_id = " + namespace);
        double took = (System.nanoTime() - start) / 1e3;
        lab.execute("drop table bench_copy");
        return took;
    }

    /** Copies in binary into a temporary table and upserts from it, in one transaction. */
    void copyAndUpsert(List<NewStateEntry> batch) throws SQLException, IOException {
        byte[] rows = binary(batch);
        try (Connection connection = lab.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("create temporary table staged (key bytea, value bytea) on commit drop");
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy staged from stdin (format binary)", new ByteArrayInputStream(rows));
                statement.execute(INSERT + " select " + namespace
                        + ", key, value, nextval('evalstore.state_versions'), 0 from staged order by key" + UPSERT);
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** Signature, no flags, no extension; a row is its number of columns and each column its length and bytes; -1 ends. */
    private static byte[] binary(List<NewStateEntry> batch) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0});
            out.writeLong(0);
            for (NewStateEntry entry : batch) {
                out.writeShort(2);
                out.writeInt(entry.key().length);
                out.write(entry.key());
                out.writeInt(entry.value().length);
                out.write(entry.value());
            }
            out.writeShort(-1);
        }
        return bytes.toByteArray();
    }
}
