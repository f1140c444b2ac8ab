package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test has words of its own, so that none finds what another stored. */
class DefinitionSearchTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static DefinitionRepository definitions() {
        return database.db().exchange().definitions();
    }

    private static List<UUID> found(String text) {
        return ids(definitions().search(text, 1_000));
    }

    private static List<UUID> ids(DefinitionMatches matches) {
        return matches.items().stream().map(BenchmarkDefinition::id).toList();
    }

    private static List<UUID> listed(DefinitionFilter filter) {
        List<UUID> ids = new ArrayList<>();
        definitions().forEach(filter, definition -> ids.add(definition.id()));
        return ids;
    }

    @Test
    void half_a_word_is_found_wherever_it_stands_and_the_place_decides_the_rank() {
        String many = IntStream.range(0, 400)
                .mapToObj(i -> "heliograph" + i + " heliosphere")
                .collect(Collectors.joining(" "));
        SearchedDefinition whole = SearchedDefinition.of("s-whole", "Watching the helio");
        SearchedDefinition named = SearchedDefinition.of("s-named", "The Helioscope and all its many parts");
        SearchedDefinition slug = SearchedDefinition.of("s-heliotrope", "Some flowers");
        SearchedDefinition tagged = SearchedDefinition.of("s-tagged", "Tagged").tags("other", "my-heliostat");
        SearchedDefinition described = SearchedDefinition.of("s-described", "Described")
                .description("Turns to the sun, as heliotropic plants do.");
        SearchedDefinition atLength =
                SearchedDefinition.of("s-at-length", "At length").longDescription(many);
        SearchedDefinition.store(database, atLength, described, tagged, slug, named, whole);

        DefinitionMatches matches = definitions().search("hElIo", 10);

        assertThat(ids(matches).subList(0, 3)).containsExactly(whole.id(), slug.id(), named.id());
        assertThat(ids(matches).subList(3, 6)).containsExactly(tagged.id(), described.id(), atLength.id());
        assertThat(matches.items()).hasSize(6);
        assertThat(matches.truncated()).isFalse();
        assertThat(matches.items().get(0)).isEqualTo(definitions().get(whole.id()));
        assertThat(ids(definitions().search("helio", 2))).containsExactly(whole.id(), slug.id());
    }

    @Test
    void each_word_must_be_met_wherever_it_stands() {
        SearchedDefinition both =
                SearchedDefinition.of("s-quartz", "Clocks").description("Keeps the time by a quaver of a crystal.");
        SearchedDefinition one = SearchedDefinition.of("s-quartzite", "Stones");
        SearchedDefinition.store(database, both, one);

        assertThat(found("quartz")).containsExactlyInAnyOrder(both.id(), one.id());
        assertThat(found("quav quartz")).containsExactly(both.id());
        assertThat(found("quartz quartz QUARTZ-quaver")).containsExactly(both.id());
        assertThat(found("quartz nowhereatall")).isEmpty();
        assertThat(found("uartz")).isEmpty();
    }

    @Test
    void what_is_not_published_is_not_found_by_the_public_search() {
        List<SearchedDefinition> all = Stream.of("draft", "under_review", "active", "deprecated", "archived")
                .map(status -> SearchedDefinition.of("s-" + status.replace('_', '-'), "Umbrellas")
                        .status(status))
                .toList();
        SearchedDefinition deleted =
                SearchedDefinition.of("s-gone", "Umbrellas").asDeleted();
        SearchedDefinition.store(database, all.toArray(SearchedDefinition[]::new));
        SearchedDefinition.store(database, deleted);

        assertThat(found("umbrel"))
                .containsExactlyInAnyOrder(all.get(2).id(), all.get(3).id());
        assertThat(listed(DefinitionFilter.ALL.text("umbrel")))
                .containsExactlyInAnyOrderElementsOf(
                        all.stream().map(SearchedDefinition::id).toList());
        assertThat(listed(DefinitionFilter.ALL.text("umbrel").status(DefinitionStatus.DRAFT)))
                .containsExactly(all.get(0).id());
        assertThat(definitions().count(DefinitionFilter.ALL.text("umbrel"))).isEqualTo(5);
    }

    /** Written as they come from a keyboard; each is the name of a definition too, which it must find. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "it's zircon",
                "\"zirconia\" 'x'",
                "zirconate'; drop table evalstore.users; --",
                "100% zirconic",
                "zirconated_case",
                "zir\\con\\",
                "zirconesque & !other | (more:*A)",
                "zirconoid <-> <2> :* ::tsquery",
                "!!!zirconless!!!",
                "((zirconful",
                "zirconise:abc",
                "zirconly ${schema} {columns} ?",
                "zirconing $1 $$ E'\\u0041'",
                "<b>zirconish</b> &amp;",
                "zircon-hyphen-ated/path.html?x=1#y",
                "zirc@on.example http://zircon.example/%20",
                "🚀 zirconaut 👩‍🚀",
                "ZIRKÖNIG Ünïcode",
                "Z\u0301irko\u0308nig decomposed",
                "ציר-ζιρκόν-цирко́н",
                "zircone5 1e5 -4 0x1F v1.2.0-rc.1",
                "\tzirconspace\r\n\u00a0\u2003here",
                "zircondash — “quoted” ‘x’ …"
            })
    void no_character_means_more_than_it_is(String name) {
        SearchedDefinition definition =
                SearchedDefinition.of("s-" + UUID.randomUUID(), name).tags("zir");
        SearchedDefinition.store(database, definition);

        assertThat(found(name)).as(name).contains(definition.id());
        assertThat(listed(DefinitionFilter.ALL.text(name))).as(name).contains(definition.id());
        assertThat(found(Normalizer.normalize(name, Normalizer.Form.NFD)))
                .as(name)
                .contains(definition.id());
        assertThat(found(name.toUpperCase(java.util.Locale.ROOT))).as(name).contains(definition.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%", "_", "\\", "'", "\"", "''", "&", "|", "!", "()", ":*", "<->", "🚀", "* & *", "—", "`", "\u200d"
            })
    void a_text_without_a_word_finds_nothing(String text) {
        SearchedDefinition.store(
                database, SearchedDefinition.of("s-" + UUID.randomUUID(), "Signs " + text.repeat(3) + " more"));

        assertThat(found(text)).isEmpty();
        assertThat(listed(DefinitionFilter.ALL.text(text))).isEmpty();
    }

    static List<String> longTexts() {
        return List.of(
                "x".repeat(10_000),
                "🚀".repeat(10_000),
                "'".repeat(10_000),
                "(".repeat(10_000),
                "jj ".repeat(3_333),
                "ß".repeat(10_000),
                "\\".repeat(10_000),
                "\u0915\u0958 ".repeat(3_333),
                words(1_800));
    }

    private static String words(int number) {
        return IntStream.range(0, number).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @MethodSource("longTexts")
    void a_text_may_be_long(String text) {
        assertThat(text.codePointCount(0, text.length())).isBetween(9_000, 10_000);
        assertThat(found(text)).isEmpty();
        assertThat(listed(DefinitionFilter.ALL.text(text))).isEmpty();
    }

    @Test
    void the_first_32_different_words_count_and_the_first_100_characters_of_each() {
        String text = IntStream.range(0, 32).mapToObj(i -> "yttrium" + i).collect(Collectors.joining(" "));
        SearchedDefinition all =
                SearchedDefinition.of("s-yttrium", "All of them").description(text + " " + "y".repeat(400) + " end");
        SearchedDefinition.store(database, all);

        assertThat(found(text + " nowhereatall")).containsExactly(all.id());
        assertThat(found("nowhereatall " + text)).isEmpty();
        assertThat(found("y".repeat(100) + "z")).containsExactly(all.id());
        assertThat(found("y".repeat(99) + "z")).isEmpty();
    }

    @Test
    void what_cannot_be_searched_is_refused_by_name() {
        DefinitionRepository definitions = definitions();
        for (String text : List.of("", "  ", "x".repeat(10_001), "a\u0000b", "\ud83d")) {
            assertThatThrownBy(() -> definitions.search(text, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("text ");
            assertThatThrownBy(() -> DefinitionFilter.ALL.text(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("text ");
        }
        for (int limit : new int[] {0, 1_001}) {
            assertThatThrownBy(() -> definitions.search("a", limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("limit ");
        }
    }

    @Test
    void of_more_than_a_thousand_matches_the_first_thousand_are_ranked_and_the_answer_says_so() {
        SearchedDefinition.store(
                database,
                IntStream.range(0, 1_000)
                        .mapToObj(i -> SearchedDefinition.of("s-m-" + i, "Manganese number " + i))
                        .toArray(SearchedDefinition[]::new));
        DefinitionMatches thousand = definitions().search("mangan", 1_000);
        assertThat(thousand.items()).hasSize(1_000);
        assertThat(thousand.truncated()).isFalse();

        SearchedDefinition.store(database, SearchedDefinition.of("s-m-more", "Manganese once more"));
        DefinitionMatches more = definitions().search("mangan", 1_000);
        assertThat(more.items()).hasSize(1_000).doesNotHaveDuplicates();
        assertThat(more.truncated()).isTrue();
        assertThat(definitions().search("mangan", 1).truncated()).isTrue();
        assertThat(definitions().search("mangan more", 10).truncated()).isFalse();
    }

    /** Letters that take four bytes each, or come apart when they are composed anew, in words that are all different. */
    @ParameterizedTest
    @ValueSource(strings = {"\ud800\udf30", "\u0958"})
    void the_longest_description_can_be_stored_and_searched(String letter) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.codePointCount(0, text.length()) < 199_980; i++) {
            text.append(letter.repeat(40 + i % 3))
                    .append(Integer.toString(i, 36))
                    .append(' ');
        }
        SearchedDefinition definition =
                SearchedDefinition.of("s-" + UUID.randomUUID(), "Rhodium long").longDescription(text.toString());
        SearchedDefinition.store(database, definition);

        assertThat(found("rhodium " + text.substring(0, text.indexOf(" ")))).containsExactly(definition.id());
        database.admin("delete from evalstore.benchmark_definitions where id = '" + definition.id() + "'");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void the_search_and_the_filter_find_what_the_words_say(long seed) {
        Random random = new Random(seed);
        String own = "kx" + (char) ('a' + seed);
        List<String> vocabulary = Stream.of(
                        "", "a", "ab", "abc", "abd", "b", "ba", "é", "éa", "я", "яв", "1", "12", "ü")
                .map(end -> own + end)
                .toList();
        List<SearchedDefinition> all = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            SearchedDefinition one = SearchedDefinition.of("k-" + seed + "-" + i, text(random, vocabulary))
                    .description("About all: " + text(random, vocabulary))
                    .tags("t-" + random.nextInt(3), own + "-" + (random.nextBoolean() ? "ab" : "b"))
                    .status(List.of("draft", "active", "active", "deprecated", "archived")
                            .get(random.nextInt(5)));
            all.add(random.nextInt(3) == 0 ? one.longDescription(text(random, vocabulary)) : one);
        }
        SearchedDefinition.store(database, all.toArray(SearchedDefinition[]::new));

        for (int i = 0; i < 60; i++) {
            String text = text(random, vocabulary);
            Comparator<UUID> byPlace = Comparator.comparingInt(id -> -all.stream()
                    .filter(one -> one.id().equals(id))
                    .findAny()
                    .orElseThrow()
                    .place(text));
            assertThat(found(text))
                    .as(text)
                    .containsExactlyInAnyOrderElementsOf(all.stream()
                            .filter(one -> one.isPublic() && one.matches(text))
                            .map(SearchedDefinition::id)
                            .toList())
                    .isSortedAccordingTo(byPlace);
            assertThat(listed(DefinitionFilter.ALL.text(text).status(DefinitionStatus.ACTIVE)))
                    .as(text)
                    .containsExactlyInAnyOrderElementsOf(all.stream()
                            .filter(one -> one.status().equals("active") && one.matches(text))
                            .map(SearchedDefinition::id)
                            .toList());
        }
    }

    private static String text(Random random, List<String> vocabulary) {
        String[] between = {" ", "-", "_", " / ", "…", ", ", "'", " & "};
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= random.nextInt(4); i++) {
            text.append(i == 0 ? "" : between[random.nextInt(between.length)])
                    .append(vocabulary.get(random.nextInt(vocabulary.size())));
        }
        return random.nextBoolean() ? text.toString() : text.toString().toUpperCase(java.util.Locale.ROOT);
    }

    @Test
    void an_index_finds_the_words_in_search_and_list() throws SQLException {
        database.admin(
                "insert into evalstore.benchmark_definitions (slug, name, description, category, status, license)"
                        + " select 'p-' || i, 'Platinum ' || md5(i::text), 'Number ' || i || ' of many', 'cost', 'active', 'MIT'"
                        + " from generate_series(1, 5000) i; analyze evalstore.benchmark_definitions");
        String list = DefinitionRows.TABLE
                .select("list")
                .and(DefinitionFilter.ALL.text("x").status(DefinitionStatus.ACTIVE))
                .and("order by created_at desc, id desc limit 10")
                .text();
        for (String text : List.of("c4ca4238a0b923820dcc509a6f75849b", "platinum c4ca", "c4")) {
            assertThat(plan(DefinitionSearch.SEARCH, text, 10)).contains("idx_benchmark_definitions_search");
            assertThat(plan(list, text, "active")).contains("idx_benchmark_definitions_search");
        }
    }

    private static String plan(String sql, Object... args) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement explain = connection.prepareStatement("explain " + sql)) {
            for (int i = 0; i < args.length; i++) {
                explain.setObject(i + 1, args[i]);
            }
            StringBuilder plan = new StringBuilder();
            try (ResultSet row = explain.executeQuery()) {
                while (row.next()) {
                    plan.append(row.getString(1)).append('\n');
                }
            }
            return plan.toString();
        }
    }
}
