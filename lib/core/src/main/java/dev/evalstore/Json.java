package dev.evalstore;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.StoredJson;
import java.util.Map;
import java.util.Objects;

/**
 * A JSON document as text. {@link #of(Object)} writes maps, lists, records and beans as JSON, and {@link #as(Class)}
 * reads them back; no JSON library stands in a signature. Immutable.
 *
 * <p>Documents are stored as {@code jsonb}, which normalises them: keys are reordered, the last of a repeated key is
 * kept, and white space is dropped. Two documents are equal if their texts are, so a stored document may differ from
 * the one that was sent. NaN and Infinity are not JSON; store scores in columns.
 */
public final class Json {
    /** The empty object. */
    public static final Json EMPTY = new Json("{}");

    static {
        StoredJson.madeBy(Json::new);
    }

    private final String text;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Writes a value as JSON: maps, collections, arrays, records, beans, strings, numbers, booleans, null, and
     * java.time as ISO-8601 text.
     *
     * @throws IllegalArgumentException if it cannot be written, holds NaN or Infinity, a NUL or half a surrogate pair
     */
    public static Json of(Object value) {
        Objects.requireNonNull(value, "json");
        return value instanceof Json json ? json : checked(JsonCodec.write(value));
    }

    /**
     * Parses text that is JSON already.
     *
     * @throws IllegalArgumentException if it is not one whole JSON document, nests deeper than 1,000, or holds a NUL or
     *     half a surrogate pair
     */
    public static Json parse(String text) {
        Objects.requireNonNull(text, "json");
        return text.equals("{}") ? EMPTY : checked(text);
    }

    private static Json checked(String text) {
        Check.characters("json", text);
        JsonCodec.validate(text);
        return new Json(text);
    }

    /** The document. */
    public String text() {
        return text;
    }

    /**
     * Reads the document as a record, bean, map, list or simple type; as {@code Json} it is returned unchanged. Unknown
     * fields are ignored.
     *
     * @throws IllegalArgumentException if it does not fit the type
     */
    public <T> T as(Class<T> type) {
        return type == Json.class ? type.cast(this) : JsonCodec.read(text, type);
    }

    /**
     * Reads an object as a map of text to strings, numbers, booleans, lists, maps and nulls.
     *
     * @throws IllegalArgumentException if the document is not an object
     */
    @SuppressWarnings("unchecked")
    public Map<String, Object> asMap() {
        return as(Map.class);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json json && json.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The document's length. The document itself may hold what must not be logged; {@link #text()} returns it. */
    @Override
    public String toString() {
        return "Json[" + text.length() + " characters]";
    }
}
