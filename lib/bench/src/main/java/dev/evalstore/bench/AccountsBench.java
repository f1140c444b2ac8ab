package dev.evalstore.bench;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * {@code accounts}: verifying an API key against its plain look-up by hand; audit entries in batches of {@code batch}, and
 * monitoring events in batches of {@code events}, against a binary COPY by hand into the same tables; and the cleanup of a month of
 * {@code month} events against deleting them. {@code calls} are a side's verifications in a round, {@code batches} its batches.
 */
final class AccountsBench {
    private static final String LOOK_UP = "select k.id, k.user_id, k.key_id, k.name, k.scopes, k.active, k.expires_at,"
            + " k.revoked_at, k.last_used_at, k.created_at, k.updated_at, k.key_hash, u.id, u.email, u.username,"
            + " u.display_name, u.role, u.active, u.email_verified, u.metadata, u.last_login_at, u.created_at, u.updated_at,"
            + " u.deleted_at from evalstore.api_keys k join evalstore.users u on u.id = k.user_id where k.key_id = ?"
            + " and k.active and (k.expires_at is null or k.expires_at > statement_timestamp()) and u.active"
            + " and u.deleted_at is null";
    private static final String AUDIT = "copy evalstore.audit_log (id, actor_id, actor_label, actor_kind, action,"
            + " entity_type, entity_id, changes, occurred_at) from stdin (format binary)";
    private static final String EVENTS =
            "copy evalstore.monitoring_events (id, event_type, source, data, occurred_at) from stdin (format binary)";
    private static final Instant OLD = Instant.parse("2020-01-15T00:00:00Z");

    private final Lab lab;

    private AccountsBench(Lab lab) {
        this.lab = lab;
    }

    /** Something timed. */
    private interface Work {
        void run() throws Exception;
    }

    static void run(Lab lab) throws Exception {
        AccountsBench bench = new AccountsBench(lab);
        bench.verify();
        bench.audit();
        bench.events();
        bench.cleanup();
    }

    private void verify() throws Exception {
        String name = "bench-" + UUID.randomUUID();
        UUID user = lab.db().users().create(NewUser.of(name + "@x", name)).id();
        List<IssuedApiKey> keys = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            keys.add(lab.db().apiKeys().create(NewApiKey.of(user, "key " + i, "read")));
        }
        lab.execute("vacuum analyze evalstore.api_keys", "vacuum analyze evalstore.users");
        int calls = lab.settings().number("calls", 10_000);
        int[] next = {0, 0};
        lab.report().progress("accounts.verify, us a call");
        Map<String, Double> micros = new Calls(lab, calls)
                .side(
                        "evalstore",
                        () -> lab.db()
                                .apiKeys()
                                .verify(keys.get(next[0]++ % keys.size()).secret(), "read")
                                .orElseThrow())
                .side("raw", () -> lookUp(keys.get(next[1]++ % keys.size()).secret()))
                .medianMicros();
        lab.report().values("accounts.verify", micros, "us", Map.of("calls", calls, "rounds", lab.rounds()));
        lab.report().ratio("accounts.verify", micros, "evalstore", "raw");
    }

    /** The row and the comparison, without a note of the use. */
    private boolean lookUp(String presented) throws SQLException, NoSuchAlgorithmException {
        String[] parts = presented.split("_", -1);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(parts[2].getBytes(StandardCharsets.US_ASCII));
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(LOOK_UP)) {
            statement.setString(1, parts[1]);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || !MessageDigest.isEqual(row.getBytes(12), hash)) {
                    throw new SQLException("no such key");
                }
                for (int column = 1; column <= 24; column++) {
                    if (column != 5) {
                        row.getObject(column);
                    }
                }
                return List.of((String[]) row.getArray(5).getArray()).contains("read");
            }
        }
    }

    private void audit() throws Exception {
        int batch = lab.settings().number("batch", 1_000);
        int batches = lab.settings().number("batches", 20);
        UUID who = Ids.next();
        Actor actor = new Actor(ActorKind.USER, who, "ada", null, null);
        String changes = "{\"role\":{\"from\":\"user\",\"to\":\"admin\"}}";
        List<NewAuditEntry> lines = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            lines.add(NewAuditEntry.of("update", "user", i).actor(actor).changes(Json.parse(changes)));
        }
        Instant now = Instant.now();
        CopyByHand.Fields fields = (out, row) -> out.row(9)
                .uuid(Ids.next())
                .uuid(who)
                .text("ada")
                .text("user")
                .text("update")
                .text("user")
                .text(Integer.toString(row))
                .jsonb(changes)
                .time(now);
        compare("accounts.audit", batch, batches, () -> lab.db().audit().recordAll(lines), AUDIT, fields);
    }

    private void events() throws Exception {
        int batch = lab.settings().number("events", 10_000);
        int batches = lab.settings().number("event_batches", 10);
        String data = "{\"celsius\":71,\"node\":\"a-17\"}";
        List<NewMonitoringEvent> events = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            events.add(
                    NewMonitoringEvent.of("gpu.temperature", "node-" + i % 50).data(Json.parse(data)));
        }
        Instant now = Instant.now();
        CopyByHand.Fields fields = (out, row) -> out.row(5)
                .uuid(Ids.next())
                .text("gpu.temperature")
                .text("node-" + row % 50)
                .jsonb(data)
                .time(now);
        compare("accounts.events", batch, batches, () -> lab.db().monitoring().appendAll(events), EVENTS, fields);
    }

    /** The tables grow a little from side to side; the sides take turns, so that it does so for both. */
    private void compare(String bench, int batch, int batches, Work library, String copy, CopyByHand.Fields fields)
            throws Exception {
        lab.report().progress(bench + ", rows a second");
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> rate(batch, batches, library))
                .side("raw-copy", () -> rate(batch, batches, () -> copyByHand(copy, batch, fields)))
                .medians();
        lab.report().values(bench, rates, "rows/s", Map.of("batch", batch, "batches", batches));
        lab.report().ratio(bench, rates, "evalstore", "raw-copy");
    }

    private double rate(int batch, int batches, Work work) throws Exception {
        lab.execute("checkpoint");
        long start = System.nanoTime();
        for (int i = 0; i < batches; i++) {
            work.run();
        }
        return (double) batch * batches / ((System.nanoTime() - start) / 1e9);
    }

    private void copyByHand(String copy, int rows, CopyByHand.Fields fields) throws SQLException, IOException {
        try (Connection connection = lab.pool().getConnection()) {
            CopyByHand.run(connection, copy, rows, fields);
        }
    }

    /** The month is loaded anew before each; the loading is not timed. */
    private void cleanup() throws Exception {
        int month = lab.settings().number("month", 1_000_000);
        lab.report().progress("accounts.cleanup, ms");
        Map<String, Double> millis = new Rounds(lab)
                .side("evalstore", () -> {
                    load(month);
                    return millis(() -> lab.db()
                            .monitoring()
                            .cleanup(java.time.Duration.between(OLD, Instant.now())
                                    .minus(60, ChronoUnit.DAYS)));
                })
                .side("raw-delete", () -> {
                    load(month);
                    return millis(() -> lab.execute(
                            "delete from evalstore.monitoring_events where occurred_at < '2020-02-01 00:00:00+00'"));
                })
                .medians();
        lab.report().values("accounts.cleanup", millis, "ms", Map.of("rows", month));
        lab.report().ratio("accounts.cleanup", millis, "evalstore", "raw-delete");
    }

    private void load(int rows) throws SQLException {
        lab.db().monitoring().append(NewMonitoringEvent.of("old", "x").occurredAt(OLD));
        lab.execute("insert into evalstore.monitoring_events (event_type, source, occurred_at)"
                + " select 'old', 'x', timestamptz '2020-01-01 00:00:00+00' + make_interval(secs => n % 2600000)"
                + " from generate_series(1, " + rows + ") n");
    }

    private static double millis(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
