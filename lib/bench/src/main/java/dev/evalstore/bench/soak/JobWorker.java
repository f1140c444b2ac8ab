package dev.evalstore.bench.soak;

import dev.evalstore.TransientDatabaseException;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobFailedException;
import dev.evalstore.job.JobRunner;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Works jobs off with the library's own runner; each leaves one effect, in the commit that completes it. */
final class JobWorker extends Room {
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);

    private final JobRunner runner;
    private final Random pauses;

    JobWorker(Site site) throws InterruptedException {
        super(site, Stage.JOBS, "worker");
        this.pauses = site.random("pauses");
        this.runner = start();
    }

    private JobRunner start() throws InterruptedException {
        while (true) {
            try {
                return JobRunner.on(db)
                        .worker(site.client())
                        .concurrency(4)
                        .timeToLive(TIME_TO_LIVE)
                        .drainTimeout(Duration.ofSeconds(10))
                        .handle(Task.TYPE, Task.class, this::run)
                        .handle(Task.LOAD, Task.class, this::run)
                        .start();
            } catch (TransientDatabaseException e) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    @Override
    boolean isOver() {
        return site.isFinishing();
    }

    @Override
    void step() {
        pause(100, 200);
    }

    @Override
    void leave() {
        runner.close();
    }

    private Object run(JobContext<Task> context) throws Exception {
        switch (context.payload().how()) {
            case EFFECT -> TimeUnit.MILLISECONDS.sleep(pauses.nextInt(40));
            case LIMITED -> TimeUnit.MILLISECONDS.sleep(50 + pauses.nextInt(100));
            case PLAIN -> {
                return result(context);
            }
            case RETRY -> {
                if (context.attempt() < 3) {
                    throw new IllegalStateException("the handler fails on purpose");
                }
            }
            case FAIL -> throw JobFailedException.permanently("on purpose");
            case SNOOZE -> {
                if (context.lastProgress().isEmpty()) {
                    context.saveProgress(Map.of("snoozed", true));
                    context.snooze(Duration.ofMillis(700));
                    return result(context);
                }
            }
            case SLOW -> {
                for (int i = 0; i < 10; i++) {
                    TimeUnit.MILLISECONDS.sleep(400);
                    context.saveProgress(i);
                }
            }
            case HANG -> {
                if (context.attempt() == 1) {
                    TimeUnit.MINUTES.sleep(1);
                }
            }
            case CANCEL -> {
                for (int i = 0; i < 20; i++) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            }
        }
        return effect(context);
    }

    /** The row has no key of its own: that there is one of it is the library's doing. */
    private Object effect(JobContext<Task> context) throws SQLException {
        String name = context.payload().name() + ":" + context.lease().token();
        return journal.write(Stage.JOBS, "effect", name, () -> {
            context.<SQLException>complete(tx -> {
                try (PreparedStatement row =
                        tx.connection().prepareStatement("insert into soak.effects values (?, ?, ?)")) {
                    row.setObject(1, context.job().id());
                    row.setString(2, context.payload().name());
                    row.setLong(3, context.lease().token());
                    row.executeUpdate();
                }
                return result(context);
            });
            return true;
        });
    }

    /** By which the outcome that was accepted is known. */
    private static Map<String, Long> result(JobContext<Task> context) {
        return Map.of("token", context.lease().token());
    }
}
