package dev.evalstore.internal;

import dev.evalstore.Json;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes documents of text that the server has sent. The server has checked it already, so it is not validated again.
 */
public final class StoredJson {
    private static @Nullable Function<String, Json> maker;

    private StoredJson() {}

    /** Called by {@link Json} alone, while its class is initialised. */
    public static void madeBy(Function<String, Json> constructor) {
        maker = constructor;
    }

    public static Json of(String text) {
        // Reading the constant initialises the class Json, which sets the maker.
        Json empty = Json.EMPTY;
        return text.equals("{}") ? empty : Objects.requireNonNull(maker).apply(text);
    }
}
