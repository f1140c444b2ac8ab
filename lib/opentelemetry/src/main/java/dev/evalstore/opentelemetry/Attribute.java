package dev.evalstore.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/** Attributes by the semantic conventions for messaging and databases, and the library's own. */
final class Attribute {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<Long> MESSAGES = AttributeKey.longKey("messaging.batch.message_count");
    static final AttributeKey<String> CLIENT = AttributeKey.stringKey("messaging.client.id");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    static final AttributeKey<String> JOB_TYPE = AttributeKey.stringKey("evalstore.job.type");
    static final AttributeKey<Long> JOB_ATTEMPT = AttributeKey.longKey("evalstore.job.attempt");
    static final AttributeKey<String> JOB_OUTCOME = AttributeKey.stringKey("evalstore.job.outcome");

    static final AttributeKey<String> DB_SYSTEM = AttributeKey.stringKey("db.system.name");
    static final AttributeKey<String> DB_SUMMARY = AttributeKey.stringKey("db.query.summary");
    static final AttributeKey<String> DB_STATUS = AttributeKey.stringKey("db.response.status_code");

    private Attribute() {}
}
