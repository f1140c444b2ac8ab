package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Reading;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every reading method of every room, found by reflection, is asked of an empty tenant with the ids and names of a full one
 * on the same pool. None of the full one's rows may come back, and what is counted is nothing.
 */
class TenantIsolationTest {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int TRIES = 120;

    /** What removes the rows of the writes before. */
    private static final Pattern REMOVES = Pattern.compile("clear|leanup|delete");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final List<UUID> ids = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    /** A reading method, and the way to its room from a {@code Database}. */
    private record Verb(List<Method> way, Method method) {
        Object room(Database db) throws ReflectiveOperationException {
            Object at = db;
            for (Method step : way) {
                at = step.invoke(at);
            }
            return at;
        }

        @Override
        public String toString() {
            return Stream.concat(way.stream(), Stream.of(method))
                            .map(Method::getName)
                            .collect(Collectors.joining("."))
                    + Arrays.stream(method.getParameterTypes())
                            .map(Class::getSimpleName)
                            .collect(Collectors.joining(", ", "(", ")"));
        }
    }

    private static List<Verb> verbs() {
        List<Verb> verbs = new ArrayList<>();
        collect(Reading.class, List.of(), verbs);
        return verbs;
    }

    private static void collect(Class<?> room, List<Method> way, List<Verb> verbs) {
        for (Method method : room.getMethods()) {
            Class<?> result = method.getReturnType();
            if (method.getDeclaringClass() == Object.class
                    || Modifier.isStatic(method.getModifiers())
                    || method.isBridge()) {
                continue;
            }
            boolean isRoom = method.getParameterCount() == 0
                    && result.getName().startsWith("dev.evalstore.")
                    && result.getSimpleName().endsWith("Reads");
            if (isRoom) {
                collect(result, Stream.concat(way.stream(), Stream.of(method)).toList(), verbs);
            } else if (!way.isEmpty()) {
                verbs.add(new Verb(way, method));
            }
        }
    }

    /** The write catalogue, one after the other, so that most tables have rows. */
    private void fill() throws Exception {
        List<Write<?>> writes = Writes.all().stream()
                .filter(write -> !write.is(Write.Trait.OWNER)
                        && !REMOVES.matcher(write.verb()).find())
                .toList();
        WrittenStore.fill(database, database.db(), writes);
        for (String table :
                database.query("select relname from pg_class c where relnamespace = 'evalstore'::regnamespace"
                        + " and relkind in ('r', 'p') and not relispartition and exists (select from pg_attribute a"
                        + " where a.attrelid = c.oid and a.attname = 'id' and a.atttypid = 'uuid'::regtype)")) {
            database.query("select id from evalstore." + table + " order by id limit 4")
                    .forEach(id -> ids.add(UUID.fromString(id)));
        }
        for (String column : List.of(
                "users.username",
                "users.email",
                "benchmark_definitions.slug",
                "models.name",
                "experiments.name",
                "organizations.slug",
                "event_subscriptions.name",
                "job_schedules.name",
                "use_cases.category",
                "metric_names.name")) {
            int dot = column.indexOf('.');
            texts.addAll(database.query("select " + column.substring(dot + 1) + "::text from evalstore."
                    + column.substring(0, dot) + " limit 3"));
        }
    }

    @Test
    void no_reading_method_of_a_tenant_sees_a_row_of_another() throws Exception {
        fill();
        assertThat(ids).hasSizeGreaterThan(50);
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().build())) {
            owner.tenants().create("empty_one");
        }
        Database full = database.db();
        Database empty = full.tenants().tenant("empty_one");
        Set<String> known = ids.stream().map(UUID::toString).collect(Collectors.toCollection(TreeSet::new));
        List<String> leaks = new ArrayList<>();
        Map<String, Boolean> found = new LinkedHashMap<>();
        for (Verb verb : verbs()) {
            boolean finds = false;
            for (List<@Nullable Object> arguments : arguments(verb)) {
                Answer there = ask(verb, full, arguments);
                finds |= !there.isNothing();
                if (there.isNothing() && finds) {
                    continue;
                }
                Answer here = ask(verb, empty, arguments);
                Set<String> seen = ID.matcher(here.text())
                        .results()
                        .map(MatchResult::group)
                        .collect(Collectors.toSet());
                seen.retainAll(known);
                seen.removeIf(id -> String.valueOf(arguments).contains(id));
                if (!seen.isEmpty() || here.counts() && !here.text().equals("0")) {
                    leaks.add(verb + " of " + arguments.size() + " arguments: " + here.text());
                }
            }
            found.put(verb.toString(), finds);
        }
        assertThat(leaks).isEmpty();
        assertThat(found).hasSizeGreaterThan(150);
        List<String> blind = found.entrySet().stream()
                .filter(entry -> !entry.getValue())
                .map(Map.Entry::getKey)
                .toList();
        System.out.println(
                found.size() + " reading methods, of which these found nothing in the full tenant either: " + blind);
        assertThat(blind).as("that found nothing where there is something").hasSizeLessThan(found.size() / 3);
    }

    /** @param counts whether it is a number of rows */
    private record Answer(String text, boolean isNothing, boolean counts) {}

    private static Answer ask(Verb verb, Database db, List<@Nullable Object> arguments)
            throws ReflectiveOperationException {
        List<Object> handed = new ArrayList<>();
        Object[] values = arguments.stream()
                .map(value -> value == Consumer.class ? (Consumer<Object>) handed::add : value)
                .toArray();
        try {
            Object result = verb.method().invoke(verb.room(db), values);
            Object all = handed.isEmpty() ? result : handed;
            String text = String.valueOf(all);
            boolean counts = verb.method().getName().startsWith("count") && all instanceof Number;
            boolean isNothing = all == null
                    || Set.of("0", "[]", "{}", "false", "Optional.empty", "Page[items=[], next=null]")
                            .contains(text);
            return new Answer(text, isNothing, counts);
        } catch (InvocationTargetException | IllegalArgumentException e) {
            // Not found, or not what it takes.
            return new Answer("", true, false);
        }
    }

    /** Ids and names one after the other; of the rest one value that admits much. */
    private List<List<@Nullable Object>> arguments(Verb verb) {
        List<List<@Nullable Object>> choices = new ArrayList<>();
        for (Type type : verb.method().getGenericParameterTypes()) {
            Object all = filter(verb, type);
            choices.add(all == null ? choices(type) : List.of(all));
        }
        int most = choices.stream().mapToInt(List::size).max().orElse(1);
        List<List<@Nullable Object>> all = new ArrayList<>();
        for (int i = 0; i < Math.min(most, TRIES); i++) {
            List<@Nullable Object> one = new ArrayList<>();
            for (List<@Nullable Object> choice : choices) {
                one.add(choice.get(i % choice.size()));
            }
            all.add(one);
        }
        return all;
    }

    /** The filter that admits every row of a room whose methods are inherited, and have its type as a variable. */
    private static @Nullable Object filter(Verb verb, Type type) {
        if (!(type instanceof TypeVariable<?>)) {
            return null;
        }
        Class<?> room = verb.way().get(verb.way().size() - 1).getReturnType();
        return Stream.concat(Stream.of(room.getGenericSuperclass()), Stream.of(room.getGenericInterfaces()))
                .filter(ParameterizedType.class::isInstance)
                .flatMap(above -> Stream.of(((ParameterizedType) above).getActualTypeArguments()))
                .filter(Class.class::isInstance)
                .map(argument -> constants((Class<?>) argument))
                .filter(constants -> !constants.isEmpty())
                .map(constants -> constants.get(0))
                .findFirst()
                .orElse(null);
    }

    private List<@Nullable Object> choices(Type type) {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            if (Collection.class.isAssignableFrom(raw)) {
                List<Object> each = choices(generic.getActualTypeArguments()[0]).stream()
                        .filter(Objects::nonNull)
                        .distinct()
                        .limit(50)
                        .collect(Collectors.toList());
                return List.of(raw == Set.class ? Set.copyOf(each) : each);
            }
            return choices(raw);
        }
        if (!(type instanceof Class<?> given)) {
            return List.of("x");
        }
        if (given == UUID.class) {
            return new ArrayList<>(ids);
        }
        if (given == String.class) {
            return new ArrayList<>(texts);
        }
        if (given == int.class || given == Integer.class) {
            return List.of(10);
        }
        if (given == long.class || given == Long.class) {
            return List.of(1L, 2L, 3L);
        }
        if (given == double.class) {
            return List.of(0.5);
        }
        if (given == boolean.class) {
            return List.of(false);
        }
        if (given == byte[].class) {
            return List.of(Lab.KEY);
        }
        if (given == Instant.class) {
            return List.of(Instant.parse("2100-01-01T00:00:00Z"));
        }
        if (given == LocalDate.class) {
            return List.of(LocalDate.of(2026, 1, 1));
        }
        if (given == Duration.class) {
            return List.of(Duration.ofDays(1));
        }
        if (given == Consumer.class) {
            return List.of(Consumer.class);
        }
        if (given.isEnum()) {
            return new ArrayList<>(Arrays.asList(given.getEnumConstants()));
        }
        List<@Nullable Object> constants = constants(given);
        if (constants.isEmpty()) {
            constants.add(null);
        }
        return constants;
    }

    private static List<@Nullable Object> constants(Class<?> given) {
        List<@Nullable Object> constants = new ArrayList<>();
        for (Field field : given.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == given) {
                try {
                    constants.add(field.get(null));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return constants;
    }
}
