package dev.evalstore.tracking;

import dev.evalstore.Database;
import dev.evalstore.account.NewUser;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testkit.TestDatabase;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Users, experiments, and evaluations to say something of. */
final class RatedAnswers {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final TestDatabase database;
    private final Database db;

    RatedAnswers(TestDatabase database) {
        this.database = database;
        this.db = database.db();
    }

    UUID user() {
        String name = "rater" + NEXT.incrementAndGet();
        return db.users().create(NewUser.of(name + "@example.org", name)).id();
    }

    UUID evaluation() {
        return db.evaluations().create(NewEvaluation.of("p", "m", "i", "o")).id();
    }

    UUID evaluation(UUID experiment) {
        UUID id = evaluation();
        database.admin("update evalstore.evaluations set experiment_id = '" + experiment + "' where id = '" + id + "'");
        return id;
    }

    /** As it stands in the table, started an hour ago. */
    UUID experiment() {
        UUID id = UUID.randomUUID();
        database.admin("""
                insert into evalstore.projects (name) values ('rated') on conflict do nothing;
                insert into evalstore.experiments (id, project, name, kind, status, started_at)
                select '%s', id, 'e', 'evaluation', 'running', now() - interval '1 hour'
                from evalstore.projects where name = 'rated'""".formatted(id));
        return id;
    }

    /** What stands on the evaluation. */
    @Nullable
    Double rating(UUID evaluation) {
        String rating = database.value(
                "select coalesce(rating::text, 'none') from evalstore.evaluations where id = '" + evaluation + "'");
        return rating.equals("none") ? null : Double.valueOf(rating);
    }
}
