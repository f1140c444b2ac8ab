package dev.evalstore.event;

import dev.evalstore.internal.JsonCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signed request.
 *
 * @param headers without those that follow from the endpoint and the body's length
 */
record WebhookRequest(Map<String, String> headers, byte[] body) {
    /** The greatest body, in bytes. */
    static final int MAX_BODY = 1 << 20;

    /**
     * Signs an event's body with each secret.
     *
     * @param timestamp of this attempt, in seconds since 1970
     */
    static WebhookRequest of(DomainEvent event, byte[] body, List<String> secrets, long timestamp) {
        String id = event.id().toString();
        List<String> signatures = new ArrayList<>();
        for (String secret : secrets) {
            byte[] signature = WebhookSignature.of(WebhookSecrets.key("secret", secret), id, timestamp, body);
            signatures.add(WebhookSignature.VERSION + Base64.getEncoder().encodeToString(signature));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("user-agent", "evalstore");
        headers.put(WebhookSignature.ID, id);
        headers.put(WebhookSignature.TIMESTAMP, Long.toString(timestamp));
        headers.put(WebhookSignature.SIGNATURE, String.join(" ", signatures));
        return new WebhookRequest(headers, body);
    }

    /** The body of an event: all of its fields but the actor. */
    static byte[] body(DomainEvent event) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("id", event.id().toString());
        body.put("type", event.eventType());
        body.put("timestamp", event.createdAt().toString());
        body.put("version", event.eventVersion());
        body.put("position", event.position());
        body.put("aggregateType", event.aggregateType());
        body.put("aggregateId", event.aggregateId());
        if (event.correlationId() != null) {
            body.put("correlationId", event.correlationId().toString());
        }
        if (event.causationId() != null) {
            body.put("causationId", event.causationId().toString());
        }
        body.put("data", event.payload());
        return JsonCodec.write(body).getBytes(StandardCharsets.UTF_8);
    }

    /** The request as HTTP/1.1 sends it. */
    byte[] wire(WebhookEndpoint endpoint) {
        StringBuilder head = new StringBuilder()
                .append("POST ")
                .append(endpoint.target())
                .append(" HTTP/1.1\r\nhost: ")
                .append(endpoint.authority())
                .append("\r\nconnection: close\r\ncontent-length: ")
                .append(body.length)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }
}
