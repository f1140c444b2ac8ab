package dev.evalstore.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random trees are written and read again, and texts that were damaged are read or refused. */
class SearchTextsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.002Z");

    /** Mutated texts; more by {@code -Dsearch.texts=…}. */
    private static final int TEXTS = Integer.getInteger("search.texts", 5_000);

    private static final int TREES = TEXTS / 5;

    private static final List<String> INSERTED = List.of(
            " ",
            "\n",
            "\t",
            "'",
            "\"",
            "`",
            "(",
            ")",
            "((((((((",
            ",",
            ".",
            "=",
            "!=",
            "<",
            ">",
            "~",
            ";",
            "--",
            "/*",
            "%",
            "\\",
            "_",
            "\0",
            "\uD83D",
            "\uDE00",
            "😀",
            "é",
            "\u00A0",
            "\uFEFF",
            "\u202E",
            "1",
            "-",
            "+",
            "e",
            "1e999",
            "0x1",
            "9999999999999999999999",
            "and ",
            " or ",
            "not ",
            " in ",
            "like",
            " is null",
            "nan",
            "between",
            "escape",
            "now()",
            " - 7d",
            "null",
            "metrics.",
            "params.`",
            "datasets.",
            "attributes.",
            "run_id",
            "$1",
            "?",
            "{columns}",
            "${schema}");

    @Test
    void a_tree_and_what_is_read_of_its_text_mean_the_same_seed_1() {
        Random random = new Random(1);
        List<UUID> ids = IntStream.range(0, 3).mapToObj(i -> new UUID(7, i)).toList();
        RandomConditions conditions = new RandomConditions(random, ids, List.of(Attribute.values()));
        int found = 0;
        for (int i = 0; i < TREES; i++) {
            Condition tree = conditions.condition(random.nextInt(5));
            String text = tree.toString();
            Condition read = Condition.parse(text);
            assertThat(read.toString()).isEqualTo(text);
            for (int j = 0; j < 5; j++) {
                Facts row = conditions.facts();
                boolean matches = SearchOracle.matches(tree, row, NOW);
                assertThat(SearchOracle.matches(read, row, NOW)).as(text).isEqualTo(matches);
                found += matches ? 1 : 0;
            }
        }
        assertThat(found).isBetween(TREES, TREES * 4);
    }

    @Test
    void an_order_and_a_list_of_fields_are_read_as_they_are_written_seed_2() {
        Random random = new Random(2);
        RandomConditions conditions = new RandomConditions(random, List.of(), List.of(Attribute.values()));
        for (int i = 0; i < 1_000; i++) {
            List<Order> orders = Stream.generate(conditions::order)
                    .limit(1 + random.nextInt(4))
                    .toList();
            assertThat(Order.parse(orders.toString().replaceAll("^\\[|]$", ""))).isEqualTo(orders);
            List<Field> fields = Stream.generate(conditions::field)
                    .limit(1 + random.nextInt(4))
                    .toList();
            assertThat(Field.parse(fields.toString().replaceAll("^\\[|]$", ""))).isEqualTo(fields);
        }
    }

    @Test
    void a_mutated_text_gives_a_tree_or_a_position_seed_3() {
        Random random = new Random(3);
        RandomConditions conditions = new RandomConditions(random, List.of(), List.of(Attribute.values()));
        List<String> texts = new ArrayList<>(
                MlflowCorpus.accepted().stream().map(MlflowCorpus.Case::filter).toList());
        MlflowCorpus.refused().forEach(refusal -> texts.add(refusal.filter()));
        texts.add("created_at > now() - 7d + 2h and not (started_at is null or name not like 'a!%%' escape '!')");
        Stream.generate(() -> conditions.condition(4).toString()).limit(200).forEach(texts::add);
        int refused = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = mutated(random, texts);
            refused += isRefused(text) ? 1 : 0;
            isRefused(() -> Order.parse(text), text);
            isRefused(() -> Field.parse(text), text);
        }
        assertThat(refused).isBetween(TEXTS / 4, TEXTS - TEXTS / 50);
    }

    private static String mutated(Random random, List<String> texts) {
        StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int from = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), from + random.nextInt(8));
            String inserted = INSERTED.get(random.nextInt(INSERTED.size()));
            switch (random.nextInt(7)) {
                case 0 -> text.delete(from, to);
                case 1 -> text.insert(from, inserted);
                case 2 -> text.replace(from, to, inserted);
                case 3 -> text.insert(from, text.substring(from, to).repeat(random.nextInt(40)));
                case 4 ->
                    text.append(random.nextBoolean() ? " and " : " or ")
                            .append(texts.get(random.nextInt(texts.size())));
                case 5 -> text.insert(from, inserted.repeat(random.nextInt(3_000)));
                default -> text.setLength(from);
            }
        }
        return text.toString();
    }

    private static boolean isRefused(String text) {
        return isRefused(() -> Condition.parse(Condition.parse(text).toString()), text);
    }

    private static boolean isRefused(Runnable parsing, String text) {
        try {
            parsing.run();
            return false;
        } catch (SearchSyntaxException e) {
            assertThat(e.position()).isBetween(0, text.length());
            assertThat(e.expected()).isNotBlank();
            assertThat(e).hasMessageContaining("at position " + e.position() + ": expected " + e.expected());
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            return fail("of the text " + text, e);
        }
    }
}
