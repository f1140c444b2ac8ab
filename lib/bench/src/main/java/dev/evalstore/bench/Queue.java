package dev.evalstore.bench;

import java.sql.SQLException;

/** A job queue as the measurements use it: filled with jobs that do nothing, and emptied by its own workers. */
interface Queue extends AutoCloseable {
    /** Empties it, with everything that it keeps of former jobs. */
    void clear() throws SQLException;

    /** Enqueues so many jobs in the fastest way that it has. */
    void enqueue(int jobs) throws Exception;

    /** Starts the workers, and returns when so many jobs have run. */
    void drain(int jobs) throws Exception;

    @Override
    void close();
}
