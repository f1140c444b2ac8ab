package dev.evalstore.audit;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened in the platform's machinery.
 *
 * @param id version 7
 * @param eventType the kind of event, such as {@code gpu.hot}
 * @param source the part of the platform that reported the event
 * @param data more about the event
 * @param createdAt when the row was written
 */
public record MonitoringEvent(
        UUID id, String eventType, String source, Json data, Instant occurredAt, Instant createdAt) {}
