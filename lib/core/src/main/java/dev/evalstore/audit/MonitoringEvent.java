package dev.evalstore.audit;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened in the platform's machinery.
 *
 * @param id version 7
 * @param eventType what happened
 * @param source which part of the platform says so
 * @param data more about it
 * @param occurredAt when it happened
 * @param createdAt when the row was written
 */
public record MonitoringEvent(
        UUID id, String eventType, String source, Json data, Instant occurredAt, Instant createdAt) {}
