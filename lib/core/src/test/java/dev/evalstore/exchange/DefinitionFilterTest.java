package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.organization;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.user;
import static dev.evalstore.exchange.ExchangeFixtures.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every condition of a filter, alone and with any others, admits the rows that the same condition in memory admits. */
class DefinitionFilterTest {
    private static final int DEFINITIONS = 80;
    private static final int COMBINATIONS = Integer.getInteger("exchange.filters", 300);
    private static final List<String> TAGS = List.of("math", "zero-shot", "multi-lingual", "code", "math-hard");
    private static final List<String> WORDS = List.of(
            "Mathematics", "maths", "Reading", "readable", "robust", "Éclair", "éclairs", "code", "Coding", "shots");
    private static final List<String> TYPED = List.of(
            "math",
            "MATHS",
            "read",
            "reading",
            "rob",
            "écl",
            "ÉCLAIRS",
            "cod",
            "shot",
            "zero",
            "lingual",
            "nothing",
            "zero shot",
            "math, code",
            "ath");
    private static final List<BenchmarkDefinition> LIVE = new ArrayList<>();
    private static final List<UUID> USERS = new ArrayList<>();
    private static final List<UUID> ORGANIZATIONS = new ArrayList<>();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final DefinitionRepository definitions = database.db().exchange().definitions();

    /** A condition in both forms. */
    private record Condition(
            BiFunction<DefinitionFilter, Object, DefinitionFilter> filter,
            BiFunction<BenchmarkDefinition, Object, Boolean> oracle,
            Object value) {
        static <V> Condition of(
                BiFunction<DefinitionFilter, V, DefinitionFilter> filter,
                BiFunction<BenchmarkDefinition, V, Boolean> oracle,
                Class<V> type,
                Object value) {
            return new Condition(
                    (more, given) -> filter.apply(more, type.cast(given)),
                    (row, given) -> oracle.apply(row, type.cast(given)),
                    value);
        }

        DefinitionFilter and(DefinitionFilter more) {
            return filter.apply(more, value);
        }

        boolean admits(BenchmarkDefinition row) {
            return oracle.apply(row, value);
        }
    }

    private enum Field {
        CATEGORY,
        STATUS,
        TAG,
        CREATOR,
        ORGANIZATION,
        TEXT;

        /** Every value that some definition has, and one that none has. */
        List<?> samples() {
            return switch (this) {
                case CATEGORY -> List.of(DefinitionCategory.values());
                case STATUS -> List.of(DefinitionStatus.values());
                case TAG ->
                    Stream.concat(TAGS.stream(), Stream.of("MATH", "mat", "%", "zero-shot,code"))
                            .toList();
                case CREATOR -> and(USERS, UUID.randomUUID());
                case ORGANIZATION -> and(ORGANIZATIONS, UUID.randomUUID());
                case TEXT -> TYPED;
            };
        }

        Condition of(Object value) {
            return switch (this) {
                case CATEGORY ->
                    Condition.of(
                            DefinitionFilter::category,
                            (row, given) -> row.category() == given,
                            DefinitionCategory.class,
                            value);
                case STATUS ->
                    Condition.of(
                            DefinitionFilter::status,
                            (row, given) -> row.status() == given,
                            DefinitionStatus.class,
                            value);
                case TAG ->
                    Condition.of(
                            DefinitionFilter::tag, (row, given) -> row.tags().contains(given), String.class, value);
                case CREATOR ->
                    Condition.of(
                            DefinitionFilter::creator,
                            (row, given) -> given.equals(row.createdBy()),
                            UUID.class,
                            value);
                case ORGANIZATION ->
                    Condition.of(
                            DefinitionFilter::organization,
                            (row, given) -> given.equals(row.organizationId()),
                            UUID.class,
                            value);
                case TEXT -> Condition.of(DefinitionFilter::text, DefinitionFilterTest::hasWords, String.class, value);
            };
        }

        private static <T> List<T> and(List<T> some, T more) {
            return Stream.concat(some.stream(), Stream.of(more)).toList();
        }
    }

    @BeforeAll
    static void publish() {
        Database db = database.db();
        for (int i = 0; i < 3; i++) {
            USERS.add(user(db, "user" + i));
            ORGANIZATIONS.add(organization(database, "organization-" + i));
        }
        Random random = new Random(7);
        DefinitionRepository definitions = db.exchange().definitions();
        for (int i = 0; i < DEFINITIONS; i++) {
            BenchmarkDefinition made = definitions.create(definition(random, i), "1.0.0", version());
            made = move(definitions, made, DefinitionStatus.values()[random.nextInt(5)]);
            if (random.nextInt(8) == 0) {
                definitions.softDelete(made.id());
            } else {
                LIVE.add(made);
            }
        }
        LIVE.sort(Comparator.comparing(BenchmarkDefinition::createdAt)
                .thenComparing(row -> row.id().toString())
                .reversed());
    }

    private static NewBenchmarkDefinition definition(Random random, int number) {
        NewBenchmarkDefinition made = NewBenchmarkDefinition.of(
                some(random, TAGS) + "-" + (char) ('a' + number % 26) + (char) ('a' + number / 26),
                some(random, WORDS) + " and " + some(random, WORDS),
                "About " + some(random, WORDS) + ".",
                DefinitionCategory.values()[random.nextInt(6)],
                "MIT");
        made = made.tags(TAGS.stream().filter(tag -> random.nextInt(3) == 0).toArray(String[]::new));
        made = random.nextBoolean() ? made : made.longDescription("More: (" + some(random, WORDS) + ")");
        made = random.nextInt(4) == 0 ? made : made.createdBy(some(random, USERS));
        return random.nextInt(4) == 0 ? made : made.organization(some(random, ORGANIZATIONS));
    }

    private static BenchmarkDefinition move(
            DefinitionRepository definitions, BenchmarkDefinition made, DefinitionStatus status) {
        UUID id = made.id();
        return switch (status) {
            case DRAFT -> made;
            case UNDER_REVIEW -> definitions.submitForReview(id);
            case ACTIVE ->
                definitions.activate(
                        move(definitions, made, DefinitionStatus.UNDER_REVIEW).id());
            case DEPRECATED ->
                definitions.deprecate(
                        move(definitions, made, DefinitionStatus.ACTIVE).id(), "Replaced by another.");
            case ARCHIVED ->
                definitions.archive(
                        move(definitions, made, DefinitionStatus.DEPRECATED).id());
        };
    }

    private static <T> T some(Random random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** For each word of the text a word that begins with it. */
    private static boolean hasWords(BenchmarkDefinition row, String typed) {
        List<String> words = words(String.join(
                " ",
                row.name(),
                row.slug(),
                row.description(),
                String.valueOf(row.longDescription() == null ? "" : row.longDescription()),
                String.join(" ", row.tags())));
        return words(typed).stream().allMatch(part -> words.stream().anyMatch(word -> word.startsWith(part)));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private void agrees(List<Condition> conditions, int limit) {
        DefinitionFilter filter = DefinitionFilter.ALL;
        Predicate<BenchmarkDefinition> oracle = row -> true;
        for (Condition condition : conditions) {
            filter = condition.and(filter);
            oracle = oracle.and(condition::admits);
        }
        List<BenchmarkDefinition> expected = LIVE.stream().filter(oracle).toList();
        String which = conditions.stream().map(Condition::value).toList().toString();
        assertThat(pages(filter, limit)).as(which).isEqualTo(expected);
        assertThat(definitions.count(filter)).as(which).isEqualTo(expected.size());
    }

    private List<BenchmarkDefinition> pages(DefinitionFilter filter, int limit) {
        List<BenchmarkDefinition> all = new ArrayList<>();
        @Nullable Cursor after = null;
        do {
            Page<BenchmarkDefinition> page = definitions.list(filter, limit, after);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.items());
            after = page.next();
        } while (after != null);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void a_condition_alone_admits_what_it_says(Field field) {
        List<Long> sizes = new ArrayList<>();
        for (Object value : field.samples()) {
            Condition condition = field.of(value);
            agrees(List.of(condition), 1_000);
            sizes.add(LIVE.stream().filter(condition::admits).count());
        }
        assertThat(sizes).as("some of the rows").anyMatch(size -> size > 0 && size < LIVE.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void any_conditions_together_admit_what_all_of_them_say(long seed) {
        Random random = new Random(seed);
        int found = 0;
        for (int i = 0; i < COMBINATIONS / 2; i++) {
            List<Condition> conditions = new ArrayList<>();
            for (int n = random.nextInt(7); n > 0; n--) {
                Field field = some(random, List.of(Field.values()));
                conditions.add(field.of(some(random, field.samples())));
            }
            agrees(conditions, 1 + random.nextInt(20));
            found += LIVE.stream().anyMatch(row -> conditions.stream().allMatch(c -> c.admits(row))) ? 1 : 0;
        }
        assertThat(found).as("combinations that admit something").isGreaterThan(COMBINATIONS / 8);
    }

    @Test
    void no_condition_admits_every_definition_that_is_not_deleted() {
        agrees(List.of(), 7);
        List<BenchmarkDefinition> all = new ArrayList<>();
        definitions.forEach(DefinitionFilter.ALL, all::add);
        assertThat(all).isEqualTo(LIVE).hasSizeLessThan(DEFINITIONS);
    }

    @Test
    void a_text_that_cannot_be_stored_is_refused_by_name() {
        for (String bad : List.of("", " ", "a\0", "a\ud83e")) {
            refused("tag", () -> DefinitionFilter.ALL.tag(bad));
            refused("text", () -> DefinitionFilter.ALL.text(bad));
        }
        refused("limit", () -> definitions.list(DefinitionFilter.ALL, 0));
        refused("limit", () -> definitions.list(DefinitionFilter.ALL, 1_001));
        refused("cursor", () -> definitions.list(DefinitionFilter.ALL, 1, new Cursor("x")));
    }
}
