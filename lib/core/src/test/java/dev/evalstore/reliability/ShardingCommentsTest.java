package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.Retry;
import dev.evalstore.TxOptions;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.tenant.TenantOptions;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.OwnServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a router between pool and servers sees of each statement, by the server's own log. */
class ShardingCommentsTest {
    private static final Pattern LOGGED =
            Pattern.compile("^([0-9]+) ([a-z]*)@LOG: {2}(?:statement|execute [^:]*): (.*)");
    private static final String COMMENT = "/* pgdog_sharding_key: \"evalstore\" */";

    private static final String PLACING = "set local pgdog.sharding_key to 'evalstore'";

    /** Not the one that asks for a commit's token: it is sent in one piece with that commit, and stays on its server. */
    private static final Pattern BEGIN = Pattern.compile("(?i)begin");

    private static final Pattern END = Pattern.compile("(?i)commit|rollback");

    /** Driver and pool send these themselves: around a transaction, and when they connect. */
    private static final Pattern DRIVERS = Pattern.compile(
            "(?i)(set extra_float_digits = 3|set application_name = '[a-z]+'|show transaction isolation level)");

    @Test
    void with_the_switch_on_every_statement_names_its_schema_for_the_router() throws Exception {
        try (OwnServer server = OwnServer.start(
                Map.of("log_statement", "all", "log_line_prefix", "%p %a@", "max_connections", "60"), data -> {})) {
            String name = server.createMigrated();
            try (Connection admin = server.asTestServer().admin(name)) {
                Picture picture = new Picture(admin);
                work(server, name, picture, admin, "plain", false);
                work(server, name, picture, admin, "placed", true);
            }
            List<String> log = server.log();

            Set<String> unplaced = new TreeSet<>();
            sent(log, "plain")
                    .map(Sent::sql)
                    .filter(sql -> !sql.contains("evalstore."))
                    .forEach(unplaced::add);
            System.out.println("without a schema's name in their first line: " + unplaced);
            assertThat(unplaced)
                    .anyMatch(sql -> sql.contains("commit.proof"))
                    .anyMatch(sql -> sql.startsWith("set transaction"))
                    .anyMatch(sql -> sql.contains("health.server"))
                    .noneMatch(sql -> sql.contains("pgdog"));
            List<Sent> placed = sent(log, "placed").toList();
            assertThat(placed).hasSizeGreaterThan(100);
            assertThat(unplaced(placed)).isEmpty();
        }
    }

    /** A statement, and the session of the server that it came to. */
    private record Sent(String session, String sql) {
        boolean hasComment() {
            return sql.startsWith(COMMENT);
        }

        String bare() {
            return hasComment() ? sql.substring(COMMENT.length()).strip() : sql;
        }
    }

    private static Stream<Sent> sent(List<String> log, String application) {
        return log.stream()
                .map(LOGGED::matcher)
                .filter(Matcher::find)
                .filter(line -> line.group(2).equals(application))
                .map(line -> new Sent(line.group(1), line.group(3).strip()))
                // The pool asks so whether a connection lives.
                .filter(sent -> !sent.sql().isEmpty())
                .filter(sent -> !DRIVERS.matcher(sent.sql()).matches());
    }

    /**
     * What a router cannot place, or may place by the comment alone where that is not enough: a transaction's first statement is
     * the setting, and the next one has no comment.
     */
    private static List<Sent> unplaced(List<Sent> all) {
        List<Sent> unplaced = new ArrayList<>();
        Map<String, Integer> sinceBegin = new HashMap<>();
        for (Sent sent : all) {
            if (BEGIN.matcher(sent.bare()).matches()) {
                sinceBegin.put(sent.session(), 0);
                continue;
            }
            if (END.matcher(sent.bare()).matches()) {
                sinceBegin.remove(sent.session());
                continue;
            }
            Integer position = sinceBegin.computeIfPresent(sent.session(), (session, n) -> n + 1);
            boolean isPlaced = position == null || position > 2
                    ? sent.hasComment()
                    : position == 1 ? sent.sql().equals(PLACING) : !sent.hasComment();
            if (!isPlaced) {
                unplaced.add(sent);
            }
        }
        return unplaced;
    }

    private static void work(
            OwnServer server, String name, Picture picture, Connection admin, String application, boolean comments)
            throws Exception {
        DatabaseConfig config = server.as("evalstore_app", name)
                .applicationName(application)
                .passwordHasher(new CheapHasher())
                .build();
        try (HikariDataSource pool = Pools.open(Pools.hikari(config));
                Database lab = Database.open(server.as("evalstore_app", name)
                        .applicationName("lab")
                        .passwordHasher(new CheapHasher())
                        .build())) {
            DatabaseOptions options = config.options().shardingComments(comments);
            for (Write<?> write : Writes.todays(Writes.all(), 6).toList()) {
                if (!write.is(Write.Trait.OWNER)) {
                    picture.clear();
                    call(write, new Lab(lab, admin), Database.using(pool, options));
                }
            }
            picture.clear();
            Database db = Database.using(pool, options);
            db.health();
            db.stats();
            db.maintenance().runOnce();
            db.inTransaction(
                    TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).retry(Retry.times(2)),
                    tx -> tx.inTransaction(nested -> nested.benchmarks().count(BenchmarkFilter.ALL)));
            db.inTransaction(
                    TxOptions.DEFAULT.asReadOnly(), tx -> tx.benchmarks().count(BenchmarkFilter.ALL));
            db.reading(db.token(), Duration.ofSeconds(1)).benchmarks().count(BenchmarkFilter.ALL);
            db.inTransaction(
                    TxOptions.DEFAULT.token(token -> {}), tx -> tx.benchmarks().count(BenchmarkFilter.ALL));
            db.tenants().list(10);
            db.tenants().stats(10, null);
            db.tenants()
                    .maintenance(MaintenanceOptions.DEFAULT, TenantOptions.DEFAULT)
                    .runOnce();
            try (JobRunner runner = JobRunner.on(db)
                    .worker(application)
                    .handle("placed", Object.class, context -> null)
                    .start()) {
                db.jobs().create(NewJob.of("placed", Json.EMPTY));
                await().until(() ->
                        db.jobs().count(JobFilter.ALL.jobType("placed").status(JobStatus.COMPLETED)) == 1);
                assertThat(runner.worker().workerId()).isEqualTo(application);
            }
            db.close();
        }
    }

    private static <C> void call(Write<C> write, Lab lab, Database db) {
        try {
            write.call().on(db, write.before().apply(lab));
        } catch (Exception e) {
            throw new AssertionError(write.toString(), e);
        }
    }
}
