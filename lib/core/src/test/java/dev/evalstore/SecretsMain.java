package dev.evalstore;

import com.zaxxer.hikari.HikariConfig;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.IssuedToken;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.User;
import dev.evalstore.account.UserFilter;
import dev.evalstore.account.UserTokenFilter;
import dev.evalstore.account.UserTokenRepository;
import dev.evalstore.audit.AuditChanges;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.job.NewJob;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.OrganizationType;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Uses the library with planted secrets, fails with it in every way at hand, and writes down whatever a program could print. */
final class SecretsMain {
    /** What every planted secret has in it. */
    static final String MARK = "pLaNtEd";

    static final String DATABASE_PASSWORD = MARK + "-database";
    private static final String PASSWORD = MARK + "-password";
    private static final String PAYLOAD = MARK + "-payload";
    private static final Json DOCUMENT = Json.of(Map.of(PAYLOAD, PAYLOAD));

    private final PrintWriter out;
    private final List<String> secrets = new ArrayList<>();
    private int failures;

    private SecretsMain(PrintWriter out) {
        this.out = out;
    }

    /** {@code url role file-for-what-was-said file-for-the-secrets}. */
    public static void main(String[] args) throws Exception {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(args[2])));
                Database db = Database.open(config(args[0], args[1], out))) {
            SecretsMain run = new SecretsMain(out);
            DatabaseConfig config = config(args[0], args[1], out);
            run.say(config, config.options(), db, db.health(), db.stats(), db.migrationStatus());
            run.use(db);
            run.useTokens(db);
            run.misuse(db, config);
            run.misuseTokens(db);
            Files.write(Path.of(args[3]), run.secrets);
            run.jmx();
            out.flush();
            System.out.println("used " + run.failures);
            Thread.currentThread().join();
        }
    }

    private static DatabaseConfig config(String url, String role, PrintWriter out) {
        return DatabaseConfig.builder()
                .url(url)
                .user(role)
                .password(DATABASE_PASSWORD)
                .poolSize(3)
                .slowStatement(Duration.ofNanos(1))
                .connectTimeout(Duration.ofSeconds(2))
                .passwordHasher(PasswordHasher.pbkdf2(1_000))
                .listener((name, time, failure) -> out.println(name + " " + time + " " + failure))
                .build();
    }

    private void say(Object... things) {
        for (Object thing : things) {
            out.println(thing);
        }
    }

    /** Everything that goes well. */
    private void use(Database db) {
        Database acting = db.actingAs(Actor.service("test"));
        NewUser newUser =
                NewUser.of("ada@example.org", "ada").password(PASSWORD).metadata(DOCUMENT);
        User user = acting.users().create(newUser);
        acting.users().update(user.id(), UpdateUser.NOTHING.metadata(Patch.set(DOCUMENT)));
        say(
                newUser,
                user,
                acting.users().authenticate("ada", PASSWORD),
                db.users().list(UserFilter.ALL, 9, null));
        say(acting.users().setPassword(user.id(), PASSWORD + "2"), db.users().authenticate("ada", PASSWORD));
        IssuedApiKey issued = acting.apiKeys().create(NewApiKey.of(user.id(), "ci", "read"));
        say(issued, db.apiKeys().verify(issued.secret(), "read"), db.apiKeys().verify(issued.secret(), "write"));
        say(acting.apiKeys().rotate(issued.key().id(), Duration.ofHours(1), null));
        NewAuditEntry entry = NewAuditEntry.of("x", "y", 1)
                .changes(AuditChanges.changes(null, DOCUMENT))
                .metadata(DOCUMENT);
        say(entry, db.audit().record(entry), db.audit().recordAll(List.of(entry, entry)));
        say(db.audit().list(AuditFilter.ALL, 100, null));
        NewMonitoringEvent event = NewMonitoringEvent.of("x", "y").data(DOCUMENT);
        say(event, db.monitoring().append(event), db.monitoring().appendAll(List.of(event)));
        NewEvaluation answer = NewEvaluation.of("p", "m", PAYLOAD, PAYLOAD)
                .expected(PAYLOAD)
                .metrics(DOCUMENT)
                .metadata(DOCUMENT);
        say(answer, db.evaluations().create(answer), db.evaluations().createAll(List.of(answer, answer)));
        say(db.evaluations().list(EvaluationFilter.ALL, 10, null));
        NewJob job = NewJob.of("t", DOCUMENT);
        say(job, db.jobs().create(job));
        say(db.maintenance().runOnce(), db.stats(), db.health());
        secrets.add(issued.secret());
    }

    private void useTokens(Database db) {
        UserTokenRepository tokens = db.actingAs(Actor.SYSTEM).users().tokens();
        UUID user = db.users().findByUsername("ada").orElseThrow().id();
        IssuedToken reset = token(tokens.issue(user, TokenPurpose.PASSWORD_RESET, Duration.ofHours(1)));
        say(db.users().tokens().resetPassword(reset.secret(), PASSWORD + "3"));
        IssuedToken proof = token(tokens.issue(user, TokenPurpose.EMAIL_VERIFICATION, Duration.ofHours(1)));
        say(tokens.verifyEmail(proof.secret()), tokens.verifyEmail(proof.secret()));
        say(tokens.issue(user, TokenPurpose.PASSWORD_RESET, Duration.ofHours(1)).token());
        UUID acme = db.organizations()
                .create(NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE), user)
                .id();
        IssuedToken invitation = token(tokens.invite(acme, MARK + "@example.org", Duration.ofHours(1), DOCUMENT));
        say(tokens.redeemInvitation(invitation.secret()), tokens.redeemInvitation(invitation.secret()));
        say(tokens.list(UserTokenFilter.ALL, 10, null), db.audit().list(AuditFilter.ALL, 100, null));
    }

    private IssuedToken token(IssuedToken issued) {
        say(issued, issued.token());
        secrets.add(issued.secret());
        return issued;
    }

    private void misuseTokens(Database db) {
        UserTokenRepository tokens = db.users().tokens();
        String secret = secrets.get(secrets.size() - 1);
        attempt(List.of(
                () -> tokens.redeem(TokenPurpose.INVITATION, secret),
                () -> tokens.resetPassword(secret, PASSWORD.repeat(200)),
                () -> tokens.resetPassword(PASSWORD + '\0', PASSWORD + '\0'),
                () -> tokens.invite(UUID.randomUUID(), PAYLOAD, Duration.ofHours(1), DOCUMENT),
                () -> tokens.invite(UUID.randomUUID(), PAYLOAD + "@x", Duration.ofHours(1), DOCUMENT),
                () -> db.inTransaction(tx -> {
                    say(tx.users().tokens().redeem(TokenPurpose.PASSWORD_RESET, secret));
                    return tx.users().create(NewUser.of("ada@example.org", "x"));
                })));
    }

    /** Everything that does not. */
    private void misuse(Database db, DatabaseConfig config) {
        UUID user = db.users().findByUsername("ada").orElseThrow().id();
        Database acting = db.actingAs(Actor.SYSTEM);
        List<Callable<?>> wrong = List.of(
                () -> acting.users().create(NewUser.of("ADA@example.org", "b").password(PASSWORD)),
                () -> NewUser.of(PAYLOAD, "x"),
                () -> NewUser.of("a@b", PAYLOAD + " "),
                () -> NewUser.of("a@b", "a").password(PASSWORD.repeat(200)),
                () -> NewUser.of("a@b", "a").displayName(PAYLOAD + '\0'),
                () -> db.users().setPassword(user, PASSWORD + '\ud83d'),
                () -> db.users().findByEmail(PAYLOAD + '\0'),
                () -> db.users().update(UUID.randomUUID(), UpdateUser.NOTHING.metadata(Patch.set(DOCUMENT))),
                () -> db.apiKeys().create(NewApiKey.of(UUID.randomUUID(), PAYLOAD, PAYLOAD)),
                () -> db.benchmarks()
                        .create(NewBenchmark.of(PAYLOAD, "p", "m", "d", 1).createdBy(UUID.randomUUID())),
                () -> db.evaluations()
                        .create(NewEvaluation.of("p", "m", PAYLOAD, PAYLOAD).benchmark(UUID.randomUUID())),
                () -> db.evaluations()
                        .createAll(List.of(
                                NewEvaluation.of("p", "m", PAYLOAD, PAYLOAD).createdBy(UUID.randomUUID()))),
                () -> Json.parse("{\"" + PAYLOAD),
                () -> Json.of(Map.of(PAYLOAD, Double.NaN)),
                () -> DOCUMENT.as(Integer.class),
                () -> db.jdbc.find(
                        dev.evalstore.internal.jdbc.Sql.of("select ?::int as n", PAYLOAD), row -> row.integer("n")),
                () -> db.jdbc.find(
                        dev.evalstore.internal.jdbc.Sql.of("select ?::text::jsonb as n", PAYLOAD),
                        row -> row.json("n")),
                () -> ownFailure(db),
                () -> db.inTransaction(tx -> tx.inTransaction(nested ->
                        nested.users().create(NewUser.of("ada@EXAMPLE.org", "c").password(PASSWORD)))),
                () -> exhausted(db),
                () -> Database.open(DatabaseConfig.builder()
                        .url(config.url())
                        .user(String.valueOf(config.user()))
                        .password(PASSWORD)
                        .connectTimeout(Duration.ofSeconds(1))
                        .build()),
                () -> Database.open(DatabaseConfig.builder()
                        .url("postgres://x:" + PASSWORD + "@localhost:1/x")
                        .connectTimeout(Duration.ofSeconds(1))
                        .build()),
                () -> Database.open(hikari(config)),
                () -> DatabaseConfig.fromEnv(Map.of("DATABASE_URL", "mysql://x:" + PASSWORD + "@h/x")),
                () -> DatabaseConfig.fromEnv(
                        Map.of("DATABASE_HOST", "h", "DATABASE_PASSWORD", PASSWORD, "DATABASE_PORT", "x")),
                () -> DatabaseConfig.fromEnv(Map.of("DATABASE_HOST", "h", "DATABASE_PORT", PASSWORD)));
        attempt(wrong);
    }

    private void attempt(List<Callable<?>> wrong) {
        for (Callable<?> call : wrong) {
            try {
                say(call.call());
            } catch (Exception e) {
                failures++;
                e.printStackTrace(out);
            }
        }
    }

    private static HikariConfig hikari(DatabaseConfig config) {
        HikariConfig wrong = new HikariConfig();
        wrong.setJdbcUrl(config.url());
        wrong.setUsername(config.user());
        wrong.setPassword(PASSWORD);
        return wrong;
    }

    /** What the work's own statement says comes out as it is, to be told by the host or not; the library may not log it. */
    private static Object ownFailure(Database db) {
        try {
            return db.inTransaction(tx -> {
                try (var statement = tx.connection()
                        .prepareStatement("do $$ begin raise exception 'it was " + PAYLOAD + "'; end $$")) {
                    return statement.execute();
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException("the work failed with " + e.getSQLState());
        }
    }

    private static Object exhausted(Database db) throws SQLException {
        return db.inTransaction(a ->
                db.inTransaction(b -> db.inTransaction(c -> db.users().count(UserFilter.ALL))));
    }

    private void jmx() throws JMException, IOException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(null, null)) {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                try {
                    Object value = server.getAttribute(name, attribute.getName());
                    out.println(name + " " + attribute.getName() + " "
                            + (value instanceof Object[] many ? Stream.of(many).toList() : value));
                } catch (JMException | RuntimeException e) {
                    out.println(name + " " + attribute.getName() + " cannot be read");
                }
            }
        }
    }
}
