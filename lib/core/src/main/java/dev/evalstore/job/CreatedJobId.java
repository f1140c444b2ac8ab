package dev.evalstore.job;

import java.util.UUID;

/**
 * The answer to enqueueing one of many jobs.
 *
 * @param id the new job's, or that of the unfinished one that has its unique key
 * @param isNew whether it is the new one's
 */
public record CreatedJobId(UUID id, boolean isNew) {}
