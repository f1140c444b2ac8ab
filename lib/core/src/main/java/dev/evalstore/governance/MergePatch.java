package dev.evalstore.governance;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.StoredJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON merge patches (RFC 7396). Numbers keep their digits. */
final class MergePatch {
    private MergePatch() {}

    /** Whether the document is no object, or one without members. */
    static boolean isEmpty(Json patch) {
        return !(JsonCodec.exact(patch.text()) instanceof Map<?, ?> members) || members.isEmpty();
    }

    /** What the patch makes of the target. */
    static Json apply(Json target, Json patch) {
        Object merged = merge(JsonCodec.exact(target.text()), JsonCodec.exact(patch.text()));
        return merged == null ? Json.parse("null") : StoredJson.of(JsonCodec.write(merged));
    }

    /** {@code MergePatch} of the RFC's section 2. Patches nest at most as deep as documents do. */
    private static @Nullable Object merge(@Nullable Object target, @Nullable Object patch) {
        if (!(patch instanceof Map<?, ?> members)) {
            return patch;
        }
        Map<Object, @Nullable Object> merged = new LinkedHashMap<>();
        if (target instanceof Map<?, ?> object) {
            merged.putAll(object);
        }
        members.forEach((name, value) -> {
            if (value == null) {
                merged.remove(name);
            } else {
                merged.put(name, merge(merged.get(name), value));
            }
        });
        return merged;
    }
}
