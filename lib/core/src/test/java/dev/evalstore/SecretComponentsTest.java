package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.account.ApiKey;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.IssuedToken;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.UserToken;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventSubscription;
import dev.evalstore.event.IssuedSubscription;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.OnPoison;
import dev.evalstore.internal.Secret;
import dev.evalstore.testkit.MainClasses;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The library's own types that hold a secret do not write it as JSON. */
class SecretComponentsTest {
    private static final String MARK = "pLaNtEd";

    /** A secret of webhooks with the mark in it. */
    private static final String WHSEC = "whsec_" + MARK + "0".repeat(25);

    /** What holds a secret, by its name; the driver's parameters may hold the password of a key file. */
    private static final String SECRET = "(?i).*(password|secret|passphrase|credential|privatekey|properties).*";

    /** A sample of each type that has a secret, with {@link #MARK} in each of them. */
    private static final List<Object> SAMPLES = List.of(
            DatabaseConfig.builder("postgres://u:" + MARK + "@h/d?sslpassword=" + MARK)
                    .build(),
            NewUser.of("a@b", "a").password(MARK),
            new IssuedApiKey(
                    new ApiKey(
                            UUID.randomUUID(),
                            UUID.randomUUID(),
                            "k",
                            "n",
                            List.of(),
                            true,
                            null,
                            null,
                            null,
                            Instant.EPOCH,
                            Instant.EPOCH),
                    MARK),
            new IssuedToken(
                    new UserToken(
                            UUID.randomUUID(),
                            UUID.randomUUID(),
                            TokenPurpose.PASSWORD_RESET,
                            "a@b",
                            null,
                            Instant.EPOCH,
                            null,
                            null,
                            Instant.EPOCH,
                            Instant.EPOCH),
                    MARK),
            NewEventSubscription.of("s", EventDelivery.WEBHOOK).secret(WHSEC),
            new IssuedSubscription(
                    new EventSubscription(
                            UUID.randomUUID(),
                            "s",
                            null,
                            null,
                            EventDelivery.WEBHOOK,
                            "https://example.org/",
                            null,
                            0,
                            true,
                            null,
                            1,
                            OnPoison.PARK,
                            Instant.EPOCH,
                            Instant.EPOCH),
                    MARK),
            DatabaseOptions.DEFAULT.passwordHasher(new Peppered()));

    /** A host's hasher, with a secret of its own. */
    public static final class Peppered implements PasswordHasher {
        public String getPepper() {
            return MARK;
        }

        @Override
        public String hash(String password) {
            return password;
        }

        @Override
        public boolean verify(String password, String hash) {
            return password.equals(hash);
        }

        @Override
        public boolean needsRehash(String hash) {
            return false;
        }
    }

    @Test
    void no_secret_is_written_as_json_or_printed() {
        for (Object sample : SAMPLES) {
            Map<String, Object> nested = Map.of("in", List.of(sample));
            assertThat(List.of(Json.of(sample).text(), Json.of(nested).text(), sample.toString()))
                    .as(sample.getClass().getName())
                    .noneMatch(text -> text.contains(MARK));
        }
        assertThat(Json.of(SAMPLES.get(0)).asMap()).containsEntry("user", "u").doesNotContainKey("password");
    }

    @Test
    void every_component_and_getter_that_is_named_like_a_secret_is_marked() {
        List<String> unmarked = new ArrayList<>();
        List<Class<?>> holders = new ArrayList<>();
        for (Class<?> type : MainClasses.all()) {
            if (Modifier.isPublic(type.getModifiers()) && !type.getPackageName().startsWith("dev.evalstore.internal")) {
                for (Method reader : readers(type)) {
                    boolean isMarked = reader.isAnnotationPresent(Secret.class);
                    if (isMarked) {
                        holders.add(type);
                    } else if (reader.getName().matches(SECRET)) {
                        unmarked.add(type.getName() + "." + reader.getName());
                    }
                }
            }
        }
        assertThat(unmarked).isEmpty();
        assertThat(new HashSet<>(holders))
                .isEqualTo(SAMPLES.stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    /** What Jackson reads out of a value. */
    private static List<Method> readers(Class<?> type) {
        Stream<Method> methods = type.isRecord()
                ? Arrays.stream(type.getRecordComponents()).map(RecordComponent::getAccessor)
                : Arrays.stream(type.getMethods())
                        .filter(method -> method.getParameterCount() == 0
                                && !Modifier.isStatic(method.getModifiers())
                                && method.getName().matches("(get|is)[A-Z].*"));
        return methods.toList();
    }
}
