package dev.evalstore.examples;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.User;
import dev.evalstore.account.UserRole;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.testing.LocalServer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A user and a key from their making to their end, who did it, and how long the statements took. */
public final class AccountsTour {
    private static final String PASSWORD = "correct horse battery staple";

    private final Database db;
    private final Database admin;
    private final SimpleMeterRegistry meters;
    private final PrintStream out;

    /** {@code db} was opened with {@link StatementTimers} on the registry. */
    AccountsTour(Database db, SimpleMeterRegistry meters, PrintStream out) {
        this.db = db;
        this.admin =
                db.actingAs(ActingContext.of(Actor.service("admin-console")).request("req-42"));
        this.meters = meters;
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws Exception {
        Usage.require(args.length == 0, "AccountsTour, without arguments");
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .listener(new StatementTimers(meters))
                        .build())) {
            db.migrate();
            new AccountsTour(db, meters, System.out).run();
        }
    }

    void run() throws SQLException {
        User ada = create();
        logIn();
        IssuedApiKey issued = key(ada);
        rotate(issued);
        change(ada);
        history(ada);
        tamper();
        leave(ada);
        figures();
    }

    private User create() {
        User ada = admin.users().create(NewUser.of("Ada@example.org", "ada").password(PASSWORD));
        say("create", "%s, %s", ada.username(), ada.role());
        try {
            admin.users().create(NewUser.of("ADA@EXAMPLE.ORG", "somebody"));
        } catch (ConstraintViolationException e) {
            say("the same address", "in capitals is refused by %s", e.constraint());
        }
        return ada;
    }

    private void logIn() {
        say(
                "log in",
                "right password %s, wrong password %s, unknown user %s, each after the same work",
                db.users().authenticate("ADA", PASSWORD).isPresent(),
                db.users().authenticate("ada", "guess").isPresent(),
                db.users().authenticate("eve", "guess").isPresent());
    }

    private IssuedApiKey key(User ada) {
        IssuedApiKey issued = admin.apiKeys().create(NewApiKey.of(ada.id(), "ci", "results:write"));
        say("key", "evs_%s_…, shown once; stored is a hash", issued.key().keyId());
        say(
                "verify",
                "results:write %s, users:write %s",
                db.apiKeys().verify(issued.secret(), "results:write").isPresent(),
                db.apiKeys().verify(issued.secret(), "users:write").isPresent());
        return issued;
    }

    private void rotate(IssuedApiKey old) {
        IssuedApiKey next = admin.apiKeys().rotate(old.key().id(), Duration.ofDays(7), null);
        say(
                "rotate",
                "for a week both are good: old %s, new %s",
                db.apiKeys().verify(old.secret()).isPresent(),
                db.apiKeys().verify(next.secret()).isPresent());
        admin.apiKeys().revoke(old.key().id());
        say(
                "revoke",
                "old %s, new %s",
                db.apiKeys().verify(old.secret()).isPresent(),
                db.apiKeys().verify(next.secret()).isPresent());
    }

    private void change(User ada) {
        User promoted = admin.users().update(ada.id(), UpdateUser.NOTHING.role(UserRole.REVIEWER));
        say("update", "%s is %s", promoted.username(), promoted.role());
    }

    /** Nobody wrote these lines: they came with the changes, in the same commits. */
    private void history(User ada) {
        List<AuditEntry> lines = db.audit().history("user", ada.id(), 10, null).items();
        for (AuditEntry line : lines) {
            say(
                    "audit",
                    "%s by %s in %s: %d field(s)",
                    line.action(),
                    line.actorLabel(),
                    line.requestId(),
                    fields(line));
        }
    }

    private static int fields(AuditEntry line) {
        return line.changes() == null ? 0 : line.changes().asMap().size();
    }

    /** With SQL of one's own, in whatever role. */
    private void tamper() throws SQLException {
        String schema = db.migrationStatus().schema();
        try {
            db.useTransaction(tx -> {
                try (Statement statement = tx.connection().createStatement()) {
                    statement.execute("update " + schema + ".audit_log set actor_label = 'nobody'");
                }
            });
        } catch (SQLException e) {
            say("tamper", "the audit log cannot be changed, says the server with %s", e.getSQLState());
        }
    }

    private void leave(User ada) {
        admin.users().anonymize(ada.id());
        User next = admin.users().create(NewUser.of("ada@example.org", "ada"));
        say("leave", "nothing personal is left, and the names are free: %s is another user", next.username());
    }

    private void figures() {
        meters.find("evalstore.statement").timers().stream()
                .sorted(Comparator.comparing((Timer timer) -> timer.totalTime(TimeUnit.NANOSECONDS))
                        .reversed())
                .limit(3)
                .forEach(timer -> say(
                        "meter",
                        "%s (%s): %d times, %.1f ms in all",
                        timer.getId().getTag("operation"),
                        timer.getId().getTag("outcome"),
                        timer.count(),
                        timer.totalTime(TimeUnit.MILLISECONDS)));
    }

    private void say(String what, String text, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-22s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
