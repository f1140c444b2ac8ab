package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads of this process and other processes at one queue. */
class JobDrainTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
    }

    private static List<ChildJvm> children(int n, String mode) {
        return Stream.generate(() -> ChildJvm.start(
                        JobWorkerMain.class,
                        List.of("-Xmx64m"),
                        JobWorkerMain.arguments(database.config().build(), mode)))
                .limit(n)
                .toList();
    }

    @Test
    void every_job_is_claimed_once_by_threads_and_processes() throws Exception {
        Random random = new Random(1);
        List<NewJob> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(job("a").priority(random.nextInt(3)).queue("q" + i % 4).fairKey("k" + i % 3));
        }
        List<ChildJvm> children = children(3, "claim-all");
        List<String> answers = new ArrayList<>();
        try {
            // They are waiting when the jobs come, and each goes on until it finds nothing more.
            children.forEach(child -> child.await("READY"));
            db.jobs().createAll(all);
            answers.addAll(Threads.together(4, thread -> () -> JobWorkerMain.claimAll(db)));
            children.forEach(child -> answers.add(child.await("CLAIMED").substring("CLAIMED".length())));
        } finally {
            children.forEach(ChildJvm::close);
        }
        List<Long> seqs = new ArrayList<>();
        for (String answer : answers) {
            assertThat(answer).doesNotContain("!");
            Stream.of(answer.trim().split(" "))
                    .filter(seq -> !seq.isEmpty())
                    .map(Long::valueOf)
                    .forEach(seqs::add);
        }
        assertThat(seqs).hasSize(5_000);
        assertThat(new HashSet<>(seqs)).hasSize(5_000);
        assertThat(database.value("select count(*) || ' ' || count(distinct token) from evalstore.job_leases"))
                .isEqualTo("5000 5000");
        JobTestKit.assertEachJobInOnePlace(database);
    }

    @Test
    void no_more_than_the_maximum_ever_run_in_all_processes_together() throws Exception {
        List<NewJob> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            all.add(job("a").fairKey(i % 2 == 0 ? "openai" : "other")
                    .requiredTags(i % 3 == 0 ? new String[] {"x"} : new String[0]));
        }
        db.jobs().createAll(all);
        db.jobs().limits().set(JobLimit.queue("default").maxRunning(5));
        db.jobs().limits().set(JobLimit.fairKey("openai").maxRunning(2));
        JobTestKit.refuseMoreThan(database, "n.queue = 'default'", 5);
        JobTestKit.refuseMoreThan(database, "n.fair_key = 'openai'", 2);
        List<ChildJvm> children = children(2, "drain");
        try {
            int completed = Threads.together(2, thread -> () -> JobWorkerMain.drain(db)).stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            for (ChildJvm child : children) {
                completed += Integer.parseInt(child.await("DRAINED").substring("DRAINED ".length()));
            }
            assertThat(completed).isEqualTo(400);
        } finally {
            children.forEach(ChildJvm::close);
            JobTestKit.refuseNothing(database);
        }
    }
}
