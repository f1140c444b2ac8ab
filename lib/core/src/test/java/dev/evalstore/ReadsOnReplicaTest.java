package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.ReadingStats.State;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.Setters;
import dev.evalstore.tracking.ItemMetric;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every verb of every type that {@code db.reading()} gives is called on a replica, which refuses whatever writes. */
class ReadsOnReplicaTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** They must see the present, or record that they ran. */
    private static final Set<String> ON_THE_PRIMARY = Set.of(
            "ApiKeyReads.verify", "UserReads.authenticate", "PostgresStateReads.watch", "EventSubscriptionReads.lag");

    /** They look like reads and are part of a claim, or return what writes. */
    private static final Set<String> WRITERS_WITH_A_READING_NAME = Set.of("LockRepository.info");

    private final Setters samples = new Setters()
            .sample(OutputStream.class, OutputStream::nullOutputStream)
            .sample(Viewer.class, () -> Viewer.PLATFORM)
            .sample(ItemMetric.class, () -> ItemMetric.SCORE)
            .sample(EvaluationFilter.class, () -> EvaluationFilter.ALL);

    private final Set<String> called = new TreeSet<>();
    private final Set<String> wrong = new TreeSet<>();

    @Test
    void every_reading_verb_runs_on_a_replica() throws Exception {
        try (OwnServer primary = OwnServer.startPrimary()) {
            Assumptions.assumeTrue(
                    primary.canReplicate(), "this server's files have no walreceiver, so reading verbs are NOT tested");
            String name = primary.createMigrated();
            try (OwnServer replica = primary.replica("replica");
                    Database db = Database.open(primary.as("evalstore_app", name)
                            .replicas("postgres://localhost:" + replica.port() + "/" + name)
                            .build())) {
                await().atMost(PATIENCE)
                        .until(() -> db.readingStats().replicas().get(0).state() == State.FOLLOWING);
                call(db, db.reading(Duration.ofHours(1)));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(called).hasSizeGreaterThan(150).containsAll(ON_THE_PRIMARY);
    }

    private void call(Database db, Object reads) throws Exception {
        for (Method verb : verbs(reads.getClass())) {
            String name = reads.getClass().getSimpleName() + "." + verb.getName();
            Object[] args = new Object[verb.getParameterCount()];
            for (int i = 0; i < args.length; i++) {
                args[i] = samples.make(known(verb.getGenericParameterTypes()[i], reads.getClass()));
            }
            ReadingStats before = db.readingStats();
            try {
                Object result = verb.invoke(reads, args);
                if (result != null && isReads(result.getClass())) {
                    call(db, result);
                    continue;
                }
            } catch (InvocationTargetException e) {
                boolean isAnswer = e.getCause() instanceof NotFoundException
                        || e.getCause() instanceof IllegalArgumentException
                        || e.getCause() instanceof IllegalStateException
                        || e.getCause() instanceof ConflictException;
                if (!isAnswer) {
                    wrong.add(name + ": " + e.getCause());
                }
            }
            called.add(name);
            ReadingStats after = db.readingStats();
            if (after.onPrimary() != before.onPrimary()
                    || after.replicas().get(0).failures()
                            != before.replicas().get(0).failures()) {
                wrong.add(name + " was not answered by the replica");
            }
        }
    }

    /** The filter, where the verb stands in {@code Rows<T, F>} or {@code Lists<T, F>}. */
    private static Type known(Type parameter, Class<?> reads) {
        return parameter instanceof TypeVariable<?>
                ? Stream.concat(Stream.of(reads.getGenericSuperclass()), Stream.of(reads.getGenericInterfaces()))
                        .filter(ParameterizedType.class::isInstance)
                        .map(above -> ((ParameterizedType) above).getActualTypeArguments()[1])
                        .findFirst()
                        .orElseThrow()
                : parameter;
    }

    private static List<Method> verbs(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .filter(method -> !method.isBridge() && !Modifier.isStatic(method.getModifiers()))
                .sorted(Comparator.comparing(Method::toGenericString))
                .toList();
    }

    private static boolean isReads(Class<?> type) {
        return type.getName().startsWith("dev.evalstore.")
                && Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
                        .flatMap(part -> Stream.of(part.getDeclaredFields()))
                        .anyMatch(field -> field.getType() == Jdbc.class);
    }

    /** A verb that reads stands with those that read, so that replicas answer it. */
    @Test
    void no_repository_keeps_a_reading_verb_for_itself() {
        Set<String> kept = new TreeSet<>();
        for (Class<?> type : MainClasses.all()) {
            if (type.getSimpleName().endsWith("Repository") && Modifier.isPublic(type.getModifiers())) {
                Stream.of(type.getDeclaredMethods())
                        .filter(verb -> Modifier.isPublic(verb.getModifiers()) && !verb.isBridge())
                        .filter(verb -> !isReads(verb.getReturnType()))
                        .filter(
                                verb -> verb.getName()
                                        .matches(
                                                "(find|get|list|count|of|by)([A-Z].*)?|info|stats|summary|history|search|stream"))
                        .forEach(verb -> kept.add(type.getSimpleName() + "." + verb.getName()));
            }
        }
        assertThat(kept).isEqualTo(WRITERS_WITH_A_READING_NAME);
    }
}
