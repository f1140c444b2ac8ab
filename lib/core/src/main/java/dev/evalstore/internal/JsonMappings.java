package dev.evalstore.internal;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The mappings between values and JSON: the library's own, and the one that the host provides as a service. */
public final class JsonMappings {
    public static final JsonMapping BUILT_IN = new JsonMapping() {
        @Override
        public String write(Object value) {
            return JsonCodec.write(value);
        }

        @Override
        public Object read(String json, Type type) {
            return JsonCodec.read(json, type);
        }
    };

    private static volatile @Nullable JsonMapping found;

    private JsonMappings() {}

    /**
     * The host's mapping, or the library's own where there is none. Looked for once.
     *
     * @throws IllegalStateException if there are several
     */
    public static JsonMapping standard() {
        JsonMapping known = found;
        if (known == null) {
            known = find(
                    JsonMapping.class.getClassLoader(), Thread.currentThread().getContextClassLoader());
            found = known;
        }
        return known;
    }

    /** The library's class loader sees the host's classes but in containers, where the thread's does. */
    static JsonMapping find(@Nullable ClassLoader library, @Nullable ClassLoader thread) {
        List<JsonMapping> services = load(library);
        if (services.isEmpty()) {
            services = load(thread);
        }
        if (services.size() > 1) {
            throw new IllegalStateException("several services of type " + JsonMapping.class.getName() + ": "
                    + services.stream()
                            .map(service -> service.getClass().getName())
                            .toList());
        }
        return services.isEmpty() ? BUILT_IN : services.get(0);
    }

    private static List<JsonMapping> load(@Nullable ClassLoader loader) {
        return ServiceLoader.load(JsonMapping.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** Writes by a mapping; whatever it throws, the caller gets an exception that names the type. */
    public static String write(JsonMapping mapping, Object value) {
        String text;
        try {
            text = mapping.write(value);
        } catch (RuntimeException e) {
            throw mapping == BUILT_IN
                    ? e
                    : failed(mapping, "write " + value.getClass().getName(), e);
        }
        if (text == null) {
            throw new IllegalArgumentException("json: " + mapping.getClass().getName() + " wrote nothing for "
                    + value.getClass().getName());
        }
        return text;
    }

    /** Reads by a mapping; whatever it throws, the caller gets an exception that names the type. */
    public static Object read(JsonMapping mapping, Json json, Type type) {
        if (type == Json.class) {
            return json;
        }
        try {
            Object value = mapping.read(json.text(), type);
            return type instanceof Class<?> named ? boxed(named).cast(value) : value;
        } catch (RuntimeException e) {
            throw mapping == BUILT_IN ? e : failed(mapping, "read the document as " + type.getTypeName(), e);
        }
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    private static IllegalArgumentException failed(JsonMapping mapping, String what, RuntimeException e) {
        return new IllegalArgumentException("json: " + mapping.getClass().getName() + " did not " + what, e);
    }
}
