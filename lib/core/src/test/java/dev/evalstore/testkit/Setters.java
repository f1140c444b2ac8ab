package dev.evalstore.testkit;

import dev.evalstore.Cursor;
import dev.evalstore.Json;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every public constructor, factory, setter and verb of the API that takes a parameter of given types, and how to call it. */
public final class Setters {
    private final Map<Class<?>, Supplier<?>> samples = new HashMap<>();

    public Setters() {
        sample(String.class, () -> "s" + UUID.randomUUID());
        sample(UUID.class, UUID::randomUUID);
        sample(Json.class, () -> Json.EMPTY);
        sample(BigDecimal.class, () -> BigDecimal.ONE);
        sample(Duration.class, () -> Duration.ofMinutes(1));
        sample(Instant.class, () -> Instant.parse("2030-01-01T00:00:00Z"));
        sample(LocalDate.class, () -> LocalDate.of(2030, 1, 1));
        sample(YearMonth.class, () -> YearMonth.of(2030, 1));
        sample(ZoneId.class, () -> ZoneId.of("UTC"));
        sample(Cursor.class, () -> null);
        sample(byte[].class, () -> new byte[] {1});
        sample(String[].class, () -> new String[] {"s"});
        sample(Class.class, () -> Object.class);
        for (Class<?> number : List.of(int.class, long.class, Integer.class, Long.class)) {
            sample(number, () -> number == int.class || number == Integer.class ? (Object) 1 : (Object) 1L);
        }
        sample(double.class, () -> 1.0);
        sample(Double.class, () -> 1.0);
        sample(boolean.class, () -> false);
        sample(Boolean.class, () -> false);
    }

    /** How to make a value of the type, and of the class that permits it, where it is not made by its constants, factories or constructor. */
    public Setters sample(Class<?> type, Supplier<?> supplier) {
        samples.put(type, supplier);
        for (Class<?> above = type.getSuperclass(); above != null && above.isSealed(); above = above.getSuperclass()) {
            samples.putIfAbsent(above, supplier);
        }
        return this;
    }

    /** The types that samples were named for. */
    public Set<Class<?>> known() {
        return samples.keySet();
    }

    /** A constructor or method, and which of its parameters is meant. */
    public record Setter(Executable target, int at) {
        public Class<?> type() {
            return target.getParameterTypes()[at];
        }

        /** The names by which a message may call the field: parameters, components, the method's own. */
        Set<String> names() {
            Stream<String> parameters = Arrays.stream(target.getParameters()).map(Parameter::getName);
            Stream<String> components = Stream.of(target.getDeclaringClass(), made(target))
                    .filter(Class::isRecord)
                    .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                    .map(RecordComponent::getName);
            String method = target.getName().substring(target.getName().lastIndexOf('.') + 1);
            String bare = method.startsWith("with") && method.length() > 4
                    ? method.substring(4, 5).toLowerCase(Locale.ROOT) + method.substring(5)
                    : method;
            return Stream.of(parameters, components, Stream.of(method, bare))
                    .flatMap(names -> names)
                    .collect(Collectors.toSet());
        }

        /** Whether the message begins with such a name, or with one that says more: {@code minScore}, {@code backoff cap}. */
        public boolean isNamedIn(@Nullable String message) {
            String lower = String.valueOf(message).toLowerCase(Locale.ROOT);
            return names().stream()
                    .anyMatch(name -> lower.matches("(?s).*\\b\\w*" + name.toLowerCase(Locale.ROOT) + "\\b.*"));
        }

        @Override
        public String toString() {
            return target.getDeclaringClass().getName().replaceFirst(".*\\.", "") + "."
                    + (target instanceof Method ? target.getName() : "new") + "("
                    + Arrays.stream(target.getParameterTypes())
                            .map(Class::getSimpleName)
                            .collect(Collectors.joining(", "))
                    + ")/" + at;
        }
    }

    /** What the call makes: the method's result, or the constructor's object. */
    private static Class<?> made(Executable target) {
        return target instanceof Method method ? method.getReturnType() : target.getDeclaringClass();
    }

    /** All that take a parameter of one of these types, of every public class that is API. */
    public static List<Setter> of(Set<Class<?>> types) {
        List<Setter> all = new ArrayList<>();
        for (Class<?> owner : MainClasses.all()) {
            if (!isPublic(owner) || owner.getName().startsWith("dev.evalstore.internal")) {
                continue;
            }
            Stream.concat(Arrays.stream(owner.getConstructors()), Arrays.stream(owner.getMethods()))
                    .filter(target -> target.getDeclaringClass() == owner && !target.isSynthetic())
                    .filter(target -> !target.getName().matches("equals|wait"))
                    .sorted(Comparator.comparing(Executable::toString))
                    .forEach(target -> {
                        for (int i = 0; i < target.getParameterCount(); i++) {
                            if (types.contains(target.getParameterTypes()[i])) {
                                all.add(new Setter(target, i));
                            }
                        }
                    });
        }
        return all;
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    /** Calls it with the value in its place and samples in the others; the exception is that of the target. */
    public @Nullable Object call(Setter setter, @Nullable Object value) throws Throwable {
        Executable target = setter.target();
        Object[] args = isCanonical(target)
                ? components(make(target.getDeclaringClass()))
                : new Object[target.getParameterCount()];
        for (int i = 0; i < args.length; i++) {
            if (i == setter.at()) {
                args[i] = value;
            } else if (!isCanonical(target)) {
                args[i] = make(target.getGenericParameterTypes()[i]);
            }
        }
        target.setAccessible(true);
        try {
            return target instanceof Method method
                    ? method.invoke(
                            Modifier.isStatic(method.getModifiers()) ? null : make(method.getDeclaringClass()), args)
                    : ((Constructor<?>) target).newInstance(args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isCanonical(Executable target) {
        return target instanceof Constructor<?>
                && target.getDeclaringClass().isRecord()
                && target.getParameterCount() == target.getDeclaringClass().getRecordComponents().length;
    }

    private static Object[] components(Object row) throws ReflectiveOperationException {
        RecordComponent[] components = row.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            components[i].getAccessor().setAccessible(true);
            values[i] = components[i].getAccessor().invoke(row);
        }
        return values;
    }

    /** A value of the type; fails where it is not known how to make one. */
    public @Nullable Object make(Type type) {
        if (type instanceof WildcardType wildcard) {
            return make(wildcard.getUpperBounds()[0]);
        }
        Class<?> raw = type instanceof Class<?> known
                ? known
                : type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : Object.class;
        if (samples.containsKey(raw)) {
            return samples.get(raw).get();
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[0];
        }
        if (Collection.class.isAssignableFrom(raw) && type instanceof ParameterizedType generic) {
            List<Object> one = List.of(make(generic.getActualTypeArguments()[0]));
            return Set.class.isAssignableFrom(raw) ? Set.copyOf(one) : one;
        }
        if (raw == Map.class && type instanceof ParameterizedType generic) {
            return Map.of(make(generic.getActualTypeArguments()[0]), make(generic.getActualTypeArguments()[1]));
        }
        if (raw.isInterface() && !raw.isSealed()) {
            return Proxy.newProxyInstance(raw.getClassLoader(), new Class<?>[] {raw}, (proxy, method, args) -> null);
        }
        return fromItself(raw);
    }

    /** A constant, a factory's or else the constructor's object. */
    private Object fromItself(Class<?> type) {
        try {
            for (var field : type.getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == type) {
                    return field.get(null);
                }
            }
            for (Method method : type.getMethods()) {
                if (Modifier.isStatic(method.getModifiers()) && method.getReturnType() == type) {
                    return method.invoke(null, makeAll(method));
                }
            }
            if (type.getConstructors().length == 1) {
                return type.getConstructors()[0].newInstance(makeAll(type.getConstructors()[0]));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no sample of " + type.getName(), e);
        }
        throw new IllegalStateException("no sample of " + type.getName() + ": name one");
    }

    private Object[] makeAll(Executable target) {
        return Arrays.stream(target.getGenericParameterTypes()).map(this::make).toArray();
    }
}
