package dev.evalstore.analysis.export;

import dev.evalstore.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** Fields of a stored document, as they are written there: no number loses a digit. */
final class JsonFields {
    /** Reads whatever the store holds, and writes the characters that it is given. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(1_000_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // A table of names refuses a document with many names of one hash.
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .rootValueSeparator("")
            .build();

    private JsonFields() {}

    /** A value: a text, or something else as JSON. */
    record Value(@Nullable String text, @Nullable String json) {
        void write(RowWriter out) {
            if (text == null) {
                out.literal(json);
            } else {
                out.text(text);
            }
        }
    }

    /** The fields of an object with these names that have a value; none of another document. */
    static Map<String, Value> of(Json document, Set<String> names) {
        Map<String, Value> found = new HashMap<>();
        String text = document.text();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return found;
            }
            while (found.size() < names.size() && parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (!names.contains(name)) {
                    parser.skipChildren();
                } else if (token != JsonToken.VALUE_NULL) {
                    found.put(name, value(parser, text));
                }
            }
        }
        return found;
    }

    private static Value value(JsonParser parser, String text) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return new Value(parser.getString(), null);
        }
        if (token != null && token.isScalarValue()) {
            return new Value(null, parser.getString());
        }
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        return new Value(
                null, text.substring(begin, (int) parser.currentLocation().getCharOffset()));
    }
}
