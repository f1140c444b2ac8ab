package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.User;
import dev.evalstore.audit.AuditChanges;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.audit.MonitoringEvent;
import dev.evalstore.audit.MonitoringFilter;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.exchange.NewVerificationAttempt;
import dev.evalstore.exchange.NewVerificationStep;
import dev.evalstore.exchange.NewVerifierKey;
import dev.evalstore.governance.NewAmendment;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.tracking.ComparisonMember;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.NewComparison;
import dev.evalstore.tracking.Pairing;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that ends statements, patterns or screens elsewhere is stored and found here as it is, or refused by name. */
class OddTextTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private static final Instant DAY = Instant.parse("2026-01-01T00:00:00Z");

    /** Inputs whose fields depend on each other. */
    private static final Map<Class<?>, Object> SAMPLES = Map.of(
            NewAmendment.class,
            NewAmendment.of(UUID.randomUUID(), "title", "description", Json.of(Map.of("name", "new"))),
            NewProposal.Subject.class,
            NewProposal.Subject.policyChange(),
            NewVerificationAttempt.class,
            NewVerificationAttempt.crashed("because", DAY, DAY),
            NewComparison.class,
            NewComparison.of(
                    "name",
                    new NewComparison.Setup(ComparisonUnit.EXPERIMENT, "score", Pairing.ITEM, "paired t", Json.EMPTY),
                    List.of(ComparisonMember.of(UUID.randomUUID(), "a"), ComparisonMember.of(UUID.randomUUID(), "b")),
                    NewComparison.Outcome.of(1, Json.EMPTY),
                    new NewComparison.Provenance("1.0.0", "0".repeat(64))),
            NewComparison.Provenance.class,
            new NewComparison.Provenance("1.0.0", "0".repeat(64)),
            NewVerificationStep.class,
            NewVerificationStep.failed(1, "run", "because", DAY, DAY),
            NewVerifierKey.class,
            NewVerifierKey.ofWorker(
                    "w", "k", NewVerifierKey.parse("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")));

    private final Database db = database.db();

    /** Shown by its number: a test report should not have to survive it. */
    record Odd(int number, String text) {
        @Override
        public String toString() {
            return "odd text " + number;
        }
    }

    static List<Odd> odd() {
        List<String> texts = List.of(
                "'; drop table evalstore.users; --",
                "\" or \"\"=\"",
                "/* x */ -- y",
                "\\' \\\\ \\0 \\u0000 E'\\x00'",
                "100% _a_ \\% [a-z]*",
                "$1 $$ $tag$ ? ?? :x @x {x} ${x} #{x} %s",
                "🦖👩‍👩‍👧‍👦 e\u0301 \ud83c\udff4",
                "\u202eright to left\u200f \u200b\ufeff \u2028 \u0085",
                "{\"a\": [1]} <script>alert(1)</script> =1+1",
                "null",
                "tab\tnewline\nreturn\r\nbell\u0007 end",
                "  blanks around  ",
                "İıſß Ǆ ﬁ",
                "x".repeat(200_000));
        return java.util.stream.IntStream.range(0, texts.size())
                .mapToObj(i -> new Odd(i, texts.get(i)))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("odd")
    void it_is_stored_in_users_and_keys_as_it_is_or_refused(Odd odd) {
        String text = odd.text();
        User user = db.users()
                .create(NewUser.of(UUID.randomUUID() + "@x", "u" + odd.number())
                        .displayName(text)
                        .metadata(Json.of(Map.of(text, text))));
        assertThat(user.displayName()).isEqualTo(text);
        assertThat(db.users().get(user.id()).metadata().asMap()).isEqualTo(Map.of(text, text));
        assertThat(db.users()
                        .update(user.id(), UpdateUser.NOTHING.displayName(Patch.set(text + text)))
                        .displayName())
                .isEqualTo(text + text);
        if (!text.equals("null")) {
            assertThatThrownBy(() -> NewUser.of("a@b", text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("username");
        }
        assertThat(db.users().findByEmail(text)).isEmpty();
        assertThat(db.users().findByUsername(text)).isEmpty();
        assertThat(db.apiKeys().verify(text)).isEmpty();

        String password = text.substring(0, Math.min(1_024, text.length()));
        db.users().setPassword(user.id(), password);
        assertThat(db.users().authenticate(user.username(), password)).isPresent();
        assertThat(db.users().authenticate(text, password)).isEmpty();

        var issued = db.apiKeys().create(NewApiKey.of(user.id(), text, text, "read"));
        assertThat(issued.key().name()).isEqualTo(text);
        assertThat(db.apiKeys()
                        .verify(issued.secret(), text)
                        .orElseThrow()
                        .key()
                        .scopes())
                .containsExactly(text, "read");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("odd")
    void it_is_stored_and_found_in_the_trail_and_the_events_as_it_is(Odd odd) {
        String text = odd.text();
        // A B-tree's entry has an end, at a third of a page.
        String key = text.substring(0, Math.min(500, text.length()));
        Actor actor = new Actor(ActorKind.SERVICE, null, text, null, text);
        Json document = Json.of(Map.of(text, text));
        NewAuditEntry entry = NewAuditEntry.of(text, key, key)
                .by(ActingContext.of(actor).request(text))
                .changes(AuditChanges.changes(null, document))
                .metadata(document);

        AuditEntry line = db.audit().record(entry);
        db.audit().recordAll(List.of(entry, entry));

        List<AuditEntry> found = db.audit().history(key, key, 10, null).items();
        assertThat(found).hasSize(3).contains(line);
        for (AuditEntry one : found) {
            assertThat(List.of(one.action(), one.actorLabel(), one.userAgent(), one.requestId()))
                    .containsOnly(text);
            assertThat(one.metadata().asMap()).isEqualTo(Map.of(text, text));
            assertThat(one.changes().asMap()).isEqualTo(Map.of(text, Map.of("to", text)));
        }
        assertThat(db.audit().count(AuditFilter.ALL.action(text).request(text))).isEqualTo(3);

        NewMonitoringEvent event = NewMonitoringEvent.of(key, text).data(document);
        MonitoringEvent appended = db.monitoring().append(event);
        db.monitoring().appendAll(List.of(event));
        assertThat(appended.source()).isEqualTo(text);
        assertThat(db.monitoring()
                        .list(MonitoringFilter.ALL.type(key).source(text), 10, null)
                        .items())
                .hasSize(2)
                .contains(appended)
                .allMatch(one -> one.data().asMap().equals(Map.of(text, text)));
        assertThat(db.monitoring()
                        .countByInterval(
                                key,
                                Duration.ofDays(1),
                                appended.occurredAt().minusSeconds(3_600),
                                appended.occurredAt().plusSeconds(3_600))
                        .get(0)
                        .count())
                .isEqualTo(2);
    }

    @Test
    void a_schema_name_comes_from_a_plain_vocabulary() {
        for (String name : List.of("a;b", "a\"b", "A", "a b", "", "pg_x", "information_schema", "é", "x".repeat(64))) {
            assertThatThrownBy(() -> db.withSchema(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("schema");
        }
    }

    /** What PostgreSQL cannot store, by every text of every input record in the library. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void a_record_refuses_by_name_text_that_cannot_be_stored(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Constructor<?> constructor = type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        Object[] good = new Object[components.length];
        Object sample = sample(type);
        for (int i = 0; i < good.length; i++) {
            good[i] = components[i].getAccessor().invoke(sample);
        }
        for (int i = 0; i < components.length; i++) {
            for (String bad : List.of("a\0b", "a\ud83d", "\udc00a")) {
                Object odd = bad(components[i], bad);
                if (odd != null) {
                    Object[] arguments = good.clone();
                    arguments[i] = odd;
                    assertThatThrownBy(() -> constructor.newInstance(arguments))
                            .as(type.getSimpleName() + "." + components[i].getName())
                            .isInstanceOf(InvocationTargetException.class)
                            .cause()
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining(components[i].getName());
                }
            }
        }
    }

    static List<Class<?>> inputs() {
        List<Class<?>> inputs = new ArrayList<>();
        for (Class<?> type : MainClasses.all()) {
            Class<?> outer = type.isMemberClass() ? type.getEnclosingClass() : type;
            boolean input = outer.getSimpleName().matches("(New|Update)[A-Z].*|Actor|ActingContext");
            if (type.isRecord() && Modifier.isPublic(type.getModifiers()) && input) {
                inputs.add(type);
            }
        }
        assertThat(inputs).contains(NewUser.class, NewAuditEntry.class, NewEvaluation.Answer.class);
        return inputs;
    }

    /** A constant of the type, or what its {@code of}, or its constructor, makes of harmless arguments. */
    private static Object sample(Class<?> type) throws ReflectiveOperationException {
        if (SAMPLES.containsKey(type)) {
            return SAMPLES.get(type);
        }
        for (Field field : type.getFields()) {
            if (field.getType() == type && Modifier.isStatic(field.getModifiers())) {
                return field.get(null);
            }
        }
        for (Method method : type.getMethods()) {
            if (method.getName().equals("of") && Modifier.isStatic(method.getModifiers())) {
                return method.invoke(null, arguments(method));
            }
        }
        Constructor<?> constructor = type.getConstructors()[0];
        return constructor.newInstance(arguments(constructor));
    }

    private static Object[] arguments(Executable executable) throws ReflectiveOperationException {
        Object[] arguments = new Object[executable.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = argument(executable.getParameters()[i]);
        }
        return arguments;
    }

    private static Object argument(Parameter parameter) throws ReflectiveOperationException {
        Class<?> type = parameter.getType();
        if (type == String.class || type == Object.class) {
            return parameter.getName().equals("email") ? "a@b" : "a-harmless-text";
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        }
        Map<Class<?>, Object> values = Map.of(
                int.class,
                1,
                long.class,
                1L,
                double.class,
                0.5,
                boolean.class,
                true,
                UUID.class,
                UUID.randomUUID(),
                Json.class,
                Json.EMPTY,
                Instant.class,
                Instant.EPOCH,
                LocalDate.class,
                LocalDate.of(2026, 11, 20),
                BigDecimal.class,
                BigDecimal.ONE,
                List.class,
                List.of());
        return values.containsKey(type) ? values.get(type) : sample(type);
    }

    private static Object bad(RecordComponent component, String text) {
        if (component.getType() == String.class) {
            return text;
        }
        if (component.getType() == Patch.class
                && component.getGenericType().getTypeName().contains("String")) {
            return Patch.set(text);
        }
        if (component.getGenericType().getTypeName().equals("java.util.List<java.lang.String>")) {
            return List.of("good", text);
        }
        return null;
    }
}
