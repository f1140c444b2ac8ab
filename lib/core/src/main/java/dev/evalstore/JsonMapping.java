package dev.evalstore;

import dev.evalstore.internal.JsonMappings;
import java.lang.reflect.Type;

/**
 * Writes values as JSON and reads them back, in place of the library's own mapper: with a host's modules, naming or
 * types. {@link Json#of(Object)} and {@link Json#as(Class)} use the mapping that {@link java.util.ServiceLoader} finds:
 * one class named in {@code META-INF/services/dev.evalstore.JsonMapping}. Without one they use {@link #builtIn()}.
 * {@link DatabaseOptions#jsonMapping(JsonMapping)} sets another for payloads and results of jobs. What the library
 * writes for itself, such as audit entries, is not mapped by it. Implementations are thread-safe.
 */
public interface JsonMapping {
    /**
     * Writes a value as one JSON document. A {@link Json} inside the value is written as the document that it is, if
     * the mapper is Jackson. A mapping of your own also writes what {@link #builtIn()} leaves out: passwords and keys
     * in the library's types.
     *
     * @param value not null, and no {@link Json}
     * @throws RuntimeException if the value cannot be written; the caller gets an {@link IllegalArgumentException}
     */
    String write(Object value);

    /**
     * Reads a document as a type. With Jackson that is {@code mapper.readValue(json, mapper.constructType(type))}.
     *
     * @param json a valid document
     * @param type a class other than {@link Json}, or a type with arguments, such as {@code List<Payload>}
     * @return the value; null only for the document {@code null}
     * @throws RuntimeException if the document does not fit; the caller gets an {@link IllegalArgumentException}
     */
    Object read(String json, Type type);

    /** The library's own mapping. Use it for types that a mapping of your own passes on. */
    static JsonMapping builtIn() {
        return JsonMappings.BUILT_IN;
    }
}
