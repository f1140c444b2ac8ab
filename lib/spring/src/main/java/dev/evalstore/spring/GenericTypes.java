package dev.evalstore.spring;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.util.stream.Stream;
import org.springframework.core.ResolvableType;

/** Types with their arguments, as a JSON mapper reads them. */
final class GenericTypes {
    /** A variable that is bounded by itself has no end. */
    private static final int MAX_DEPTH = 10;

    private GenericTypes() {}

    /** Without variables and wildcards: in their place is what the bean's class says of them, or else their bound. */
    static Type of(ResolvableType type) {
        return of(type, 0);
    }

    private static Type of(ResolvableType type, int depth) {
        Class<?> raw = type.resolve(Object.class);
        if (type.getType() == raw || depth > MAX_DEPTH) {
            return raw;
        }
        if (type.isArray()) {
            return new ArrayOf(of(type.getComponentType(), depth + 1));
        }
        ResolvableType[] arguments = Stream.of(type.getGenerics())
                .map(argument -> ResolvableType.forType(of(argument, depth + 1)))
                .toArray(ResolvableType[]::new);
        return arguments.length == 0
                ? raw
                : ResolvableType.forClassWithGenerics(raw, arguments).getType();
    }

    /** An array of a type that has arguments. */
    private record ArrayOf(Type getGenericComponentType) implements GenericArrayType {
        @Override
        public String getTypeName() {
            return getGenericComponentType.getTypeName() + "[]";
        }
    }
}
