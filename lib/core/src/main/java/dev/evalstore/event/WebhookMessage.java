package dev.evalstore.event;

import java.time.Instant;

/**
 * A webhook whose signature was good.
 *
 * @param id the event's; the same each time that the event is sent, so a receiver that has seen it need do nothing
 * @param sentAt when this attempt was signed, to the second
 * @param body what was signed, as text
 */
public record WebhookMessage(String id, Instant sentAt, String body) {}
