package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.job.JobRunner.Handler;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.job.RunnerListener.End;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs what is due on the calling thread, one job at a time, and does with a handler what a runner does. */
final class DueJobs implements RunnerListener {
    private final Settings settings;
    private final Database db;
    private final RunnerHandlers handlers = new RunnerHandlers(this);
    private final List<EndedAttempt> ended = new ArrayList<>();

    private DueJobs(Settings settings) {
        this.settings = settings;
        this.db = settings.db();
    }

    static List<EndedAttempt> run(Settings settings, int limit) {
        return new DueJobs(settings).run(limit);
    }

    private List<EndedAttempt> run(int limit) {
        Worker worker = db.workers().register(settings.worker());
        try {
            while (db.jobs().requeueExpired(RunnerSlots.MAX_CLAIMED) == RunnerSlots.MAX_CLAIMED) {
                // There may be more.
            }
            db.jobs().schedules().enqueueDue();
            while (ended.size() < limit) {
                List<ClaimedJob> next = db.jobs().claim(worker, 1);
                if (next.isEmpty()) {
                    break;
                }
                run(next.get(0));
            }
            return List.copyOf(ended);
        } finally {
            db.workers().deregister(worker);
        }
    }

    private void run(ClaimedJob claimed) {
        settings.listener().claimed(claimed);
        String type = claimed.job().jobType();
        Handler<?> handler = settings.handlers().get(type);
        if (handler == null) {
            db.jobs().snooze(claimed.lease(), RunnerSlots.NO_HANDLER);
            Throwable why = new IllegalStateException("no handler for jobs of type " + type);
            ended.add(new EndedAttempt(claimed, End.SNOOZED, why));
            return;
        }
        RunningJob<?> job = running(handler, claimed);
        job.begin();
        handlers.run(job, (ending, nanos) -> settle(job, ending));
    }

    private <P> RunningJob<P> running(Handler<P> handler, ClaimedJob claimed) {
        return RunningJob.of(db, claimed, handler);
    }

    private End settle(RunningJob<?> job, Ending ending) {
        return switch (job.end()) {
            case OPEN -> store(ending);
            case COMPLETED -> End.COMPLETED;
            default -> End.valueOf(job.end().name());
        };
    }

    private End store(Ending ending) {
        if (ending instanceof Ending.Ended made && made.outcome() instanceof Completion completion) {
            return db.jobs().completeAll(List.of(completion)).isEmpty() ? End.COMPLETED : End.LOST;
        }
        if (ending instanceof Ending.Ended made && made.outcome() instanceof Failure failure) {
            return db.jobs().failAll(List.of(failure)).isEmpty() ? End.FAILED : End.LOST;
        }
        return db.jobs().confirmCancelled(List.of(ending.lease())).isEmpty() ? End.CANCELLED : End.LOST;
    }

    @Override
    public void started(ClaimedJob job) {
        settings.listener().started(job);
    }

    @Override
    public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
        ended.add(new EndedAttempt(job, end, failure));
        settings.listener().ended(job, end, time, failure);
    }
}
