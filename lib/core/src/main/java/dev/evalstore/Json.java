package dev.evalstore;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonCodec;
import java.util.Map;
import java.util.Objects;

/**
 * A JSON document as text. No JSON library stands in a signature: {@link #of(Object)} writes maps, lists, records and beans,
 * {@link #as(Class)} reads them back.
 *
 * <p>It is stored as {@code jsonb}, which is canonical: keys come back in another order, the last of a repeated key is kept,
 * and white space is gone. Equality here is that of the text, so a document that has been stored may differ from the one that
 * was sent. NaN and Infinity are no JSON; keep scores in columns.
 */
public final class Json {
    /** The empty object. */
    public static final Json EMPTY = new Json("{}");

    private final String text;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Writes a value as JSON: maps, collections, arrays, records, beans, strings, numbers, booleans, null, and java.time as
     * ISO-8601 text.
     *
     * @throws IllegalArgumentException if it cannot be written, holds NaN or Infinity, a NUL or half a surrogate pair
     */
    public static Json of(Object value) {
        Objects.requireNonNull(value, "json");
        return value instanceof Json json ? json : checked(JsonCodec.write(value));
    }

    /**
     * Takes text that is JSON already.
     *
     * @throws IllegalArgumentException if it is not one whole JSON document, nests deeper than 1,000, or holds a NUL or half a
     *     surrogate pair
     */
    public static Json parse(String text) {
        Objects.requireNonNull(text, "json");
        return text.equals("{}") ? EMPTY : checked(text);
    }

    /**
     * Takes text that a {@code json} or {@code jsonb} column has given: JSON by that, and not read through again. Elsewhere use
     * {@link #parse}.
     */
    public static Json stored(String text) {
        Objects.requireNonNull(text, "json");
        return text.equals("{}") ? EMPTY : new Json(text);
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
     * Reads the document as a record, bean, map, list or simple type, or as it is; unknown fields are ignored.
     *
     * @throws IllegalArgumentException if it does not fit the type
     */
    public <T> T as(Class<T> type) {
        return type == Json.class ? type.cast(this) : JsonCodec.read(text, type);
    }

    /**
     * Reads an object as a map of text to strings, numbers, booleans, lists, maps and nulls.
     *
     * @throws IllegalArgumentException if the document is no object
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

    /** The document's length, not the document, which may be what a log must not hold; see {@link #text()}. */
    @Override
    public String toString() {
        return "Json[" + text.length() + " characters]";
    }
}
