package dev.evalstore.internal;

import dev.evalstore.Json;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;

/** The one class that knows Jackson. Its messages never quote the document. */
public final class JsonCodec {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(1_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(10_000)
                    .build())
            // By default NaN would be written and stored as the text "NaN".
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule().addSerializer(Json.class, new Embedded()))
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
            throw new IllegalArgumentException("json: the document is not a " + type.getName());
        }
    }

    /**
     * The fields that differ between two objects, in the order of their names, each with its old and its new value.
     * Null stands for an object that did not exist, or no longer exists. Numbers are compared by value, as jsonb does.
     */
    public static String difference(@Nullable String before, @Nullable String after) {
        ObjectNode from = object(before);
        ObjectNode to = object(after);
        TreeSet<String> names = new TreeSet<>(from.propertyNames());
        names.addAll(to.propertyNames());
        ObjectNode changes = MAPPER.createObjectNode();
        for (String name : names) {
            JsonNode was = from.get(name);
            JsonNode is = to.get(name);
            if (was == null || is == null || !was.equals(JsonCodec::compare, is)) {
                ObjectNode change = changes.putObject(name);
                if (was != null) {
                    change.set("from", was);
                }
                if (is != null) {
                    change.set("to", is);
                }
            }
        }
        return MAPPER.writeValueAsString(changes);
    }

    private static int compare(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    }

    private static ObjectNode object(@Nullable String text) {
        if (text == null) {
            return MAPPER.createObjectNode();
        }
        if (MAPPER.reader()
                        .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .readTree(text)
                instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("json: the document is not an object");
    }

    /** Parses the document once without building anything. */
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
                // jsonb refuses NUL and half a surrogate pair also where they are written as escapes.
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

    /** Writes a document inside another value as JSON, and not as a bean or as text. */
    private static final class Embedded extends ValueSerializer<Json> {
        @Override
        public void serialize(Json json, JsonGenerator out, SerializationContext context) {
            out.writeRawValue(json.text());
        }
    }
}
