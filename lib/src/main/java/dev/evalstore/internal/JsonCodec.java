package dev.evalstore.internal;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The one class that knows Jackson. Its messages never quote the document. */
public final class JsonCodec {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(1_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(10_000)
                    .build())
            // Left on, NaN would be written as the text "NaN" and be stored as if it had been meant.
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private JsonCodec() {}

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("json: " + value.getClass().getName() + " cannot be written as JSON");
        }
    }

    public static <T> T read(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("json: the document is no " + type.getName());
        }
    }

    /** Reads through the document once without keeping anything of it. */
    public static void validate(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new IllegalArgumentException("json: the document is empty");
            }
            int depth = 0;
            boolean ended = false;
            for (JsonToken token = first; token != null; token = parser.nextToken()) {
                if (ended) {
                    throw new IllegalArgumentException("json: more than one document");
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                ended = depth == 0;
                // jsonb refuses both, though they hide behind an escape that is plain ASCII in the text.
                if (token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME) {
                    Check.characters("json", parser.getString());
                }
            }
        } catch (JacksonException e) {
            var where = e.getLocation();
            throw new IllegalArgumentException(
                    where == null
                            ? "json: not a JSON document"
                            : "json: not a JSON document (line " + where.getLineNr() + ", column " + where.getColumnNr()
                                    + ")");
        }
    }
}
