package dev.evalstore.job;

/**
 * Whether a queue keeps its attempts and its completed jobs.
 *
 * @param history whether attempts are recorded
 * @param finished whether completed jobs stay; otherwise a job's rows are deleted with its completion
 */
public record QueueKeeps(boolean history, boolean finished) {
    /** Attempts and completed jobs; the default. */
    public static final QueueKeeps EVERYTHING = new QueueKeeps(true, true);

    /** Neither attempts nor completed jobs. */
    public static final QueueKeeps NOTHING = new QueueKeeps(false, false);

    /** The same, without recording attempts. */
    public QueueKeeps withoutHistory() {
        return new QueueKeeps(false, finished);
    }

    /** The same, without completed jobs. */
    public QueueKeeps withoutFinished() {
        return new QueueKeeps(history, false);
    }
}
