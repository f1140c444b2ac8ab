package dev.evalstore.bench.soak;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import java.util.List;
import java.util.UUID;

/** What people do to jobs that have ended: brings failed and cancelled ones back, and deletes some. */
final class JobDesk extends Room {
    private static final int PAGE = 50;
    /** Not the last ones are deleted. */
    private static final int KEPT = 3;

    JobDesk(Site site) {
        super(site, Stage.JOBS, "desk");
    }

    @Override
    void step() {
        try {
            switch (random.nextInt(6)) {
                case 0, 1 -> retry(JobStatus.FAILED);
                case 2 -> retry(JobStatus.CANCELLED);
                case 3 -> delete(JobStatus.COMPLETED);
                case 4 -> delete(JobStatus.FAILED);
                default -> delete(JobStatus.CANCELLED);
            }
        } catch (ConflictException | NotFoundException e) {
            // An attempt whose outcome was unknown had done it, or another job has the unique key by now.
        }
        pause(200, 600);
    }

    private void retry(JobStatus status) {
        List<Job> jobs = ended(status);
        if (!jobs.isEmpty()) {
            UUID id = jobs.get(random.nextInt(jobs.size())).id();
            ActingContext actor = actor();
            journal.write(
                    Stage.JOBS,
                    "retry",
                    id + "/" + actor.requestId(),
                    () -> db.actingAs(actor).jobs().retry(id));
        }
    }

    private void delete(JobStatus status) {
        List<Job> jobs = ended(status);
        if (jobs.size() > KEPT) {
            UUID id = jobs.get(random.nextInt(jobs.size())).id();
            ActingContext actor = actor();
            journal.write(
                    Stage.JOBS,
                    "delete",
                    id + "/" + actor.requestId(),
                    () -> db.actingAs(actor).jobs().delete(id),
                    (Boolean deleted) -> deleted ? "" : Stage.ABSENT);
        }
    }

    private List<Job> ended(JobStatus status) {
        return db.jobs().list(JobFilter.ALL.status(status), PAGE, null).items();
    }

    private ActingContext actor() {
        return ActingContext.of(Actor.service("office")).request(site.name());
    }
}
