package dev.evalstore;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.evalstore.internal.CanonicalJson;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.JsonMappings;
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
 *
 * <p>Every document can be stored and written inside others. It nests at most 1,000 levels, and its numbers have at
 * most 131,072 digits before the point and 16,383 after it. Jackson, 3 or 2, writes a {@code Json} as the document that
 * it is.
 *
 * <p>Values are written and read by the library's own mapper, or by the host's {@link JsonMapping}. Messages name the
 * place, as in {@code $.runs[3].score}, and never quote a value; a key that does not look like a name is shown as
 * {@code *}.
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
     * java.time as ISO-8601 text. Passwords and keys in the library's own types are left out.
     *
     * @throws IllegalArgumentException if it cannot be written or nests too deep. Also if it holds NaN or Infinity, a
     *     NUL, half a surrogate pair, or a number that PostgreSQL cannot store
     */
    public static Json of(Object value) {
        return of(value, JsonMappings.standard());
    }

    /** {@link #of(Object)} by a certain mapping. */
    public static Json of(Object value, JsonMapping mapping) {
        Objects.requireNonNull(value, "json");
        return value instanceof Json json ? json : checked(JsonMappings.write(mapping, value));
    }

    /**
     * Parses text that is JSON already.
     *
     * @throws IllegalArgumentException if it is not one whole JSON document or nests deeper than 1,000. Also if it
     *     holds a NUL, half a surrogate pair, or a number that PostgreSQL cannot store
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

    /**
     * The document's canonical text, by the JSON Canonicalization Scheme (RFC 8785): one text for all documents that say the
     * same, whatever their white space and the order of their keys, to be hashed, signed or compared. A document that was
     * stored has the canonical text of the one that was sent. A number stands for its nearest double.
     *
     * @throws IllegalArgumentException if it holds a number beyond the doubles
     */
    public String canonical() {
        return CanonicalJson.of(this);
    }

    /** The document. */
    @JsonValue
    @JsonRawValue
    public String text() {
        return text;
    }

    /**
     * Reads the document as a record, bean, map, list or simple type; as {@code Json} it is returned unchanged. Unknown
     * fields are ignored.
     *
     * @throws IllegalArgumentException if it does not fit the type; the message says where, and which type was expected
     */
    public <T> T as(Class<T> type) {
        return as(type, JsonMappings.standard());
    }

    /** {@link #as(Class)} by a certain mapping. */
    @SuppressWarnings("unchecked")
    public <T> T as(Class<T> type, JsonMapping mapping) {
        return (T) JsonMappings.read(mapping, this, Objects.requireNonNull(type, "type"));
    }

    /**
     * Reads an object as a map of text to strings, numbers, booleans, lists, maps and nulls. Numbers are integers of
     * the size that they need, doubles, or {@code BigDecimal}s where a double would be infinite.
     *
     * @throws IllegalArgumentException if the document is not an object
     */
    @SuppressWarnings("unchecked")
    public Map<String, Object> asMap() {
        return JsonCodec.read(text, Map.class);
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
