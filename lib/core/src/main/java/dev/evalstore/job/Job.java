package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.TraceContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job and its state. Times are the server's.
 *
 * @param id version 7
 * @param seq its number, in the order of creation
 * @param queue the queue
 * @param requiredTags the tags that a worker must have
 * @param fairKey the share that it counts against; empty for none
 * @param jobType names its handler
 * @param payload what the handler needs
 * @param priority higher first
 * @param maxRetries retries after failed attempts
 * @param timeout bounds one attempt
 * @param backoff the wait between attempts
 * @param uniqueKey at most one unfinished job of the queue has it, or null
 * @param status its state
 * @param attempt attempts that have ended, the successful one included; snoozes and releases do not count
 * @param runAt when it is or was last due, if it had to wait for a time or was retried by hand; or null
 * @param result its result, or null
 * @param error of the last failed attempt, until the job completes, or null
 * @param progress its own checkpoint, or null
 * @param trace the trace that it belongs to, or null
 * @param workerId the name of the worker that owns it, or null
 * @param createdAt when it was enqueued
 * @param startedAt when the present or the last attempt of a finished job began, or null
 * @param completedAt when it ended, or null
 */
public record Job(
        UUID id,
        long seq,
        String queue,
        List<String> requiredTags,
        String fairKey,
        String jobType,
        Json payload,
        int priority,
        int maxRetries,
        Duration timeout,
        Backoff backoff,
        @Nullable String uniqueKey,
        JobStatus status,
        int attempt,
        @Nullable Instant runAt,
        @Nullable Json result,
        @Nullable String error,
        @Nullable Json progress,
        @Nullable TraceContext trace,
        @Nullable String workerId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt) {}
