package dev.evalstore.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors name the position and what was expected there, and nothing is larger than its maximum. */
class SearchSyntaxTest {
    /** The accent stands before the position. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\u0001',
            value = {
                "metrics.a > ^'x' ; a number",
                "metrics.a > ^ ; a number",
                "metrics.a > ^- 1 ; a number",
                "metrics.a > ^0x1f ; a number",
                "metrics.a > ^1e400 ; in the range of a double",
                "metrics.a > ^1e99999999999 ; in the range of a double",
                "metrics.a ^ ; =, !=, <, <=, >, >=, in",
                "metrics.a <^> 1 ; a number",
                "metrics.a =^= 1 ; a number",
                "metrics.a not ^= 1 ; in, like, ilike or between",
                "metrics.a ^like '%' ; for only texts are like a pattern",
                "metrics.a in ^1 ; (",
                "metrics.a in (1, ^) ; a number",
                "metrics.a in (1 ^2) ; a comma, or )",
                "metrics.a between 1 ^or 2 ; and",
                "metrics.a is ^'x' ; not, null or nan",
                "metrics.a is not ^'x' ; null or nan",
                "name is ^nan ; null",
                "params.a in ('1', ^2) ; all texts, or all numbers",
                "params.a between ^'a' and 'b' ; a number",
                "params.a < ^'a' ; a number",
                "params.a = ^now() ; a text in quotes, or a number",
                "tags.a ^> 'x' ; for only numbers and times are less",
                "tags.a ^between 'x' and 'y' ; for only numbers and times are between",
                "tags.a like ^x ; a text in quotes",
                "tags.a like ^'x\\' ; a pattern that does not end with its escape",
                "tags.a like ^'x!' escape '!' ; a pattern that does not end with its escape",
                "tags.a like 'x' escape ^'!!' ; one character in quotes",
                "tags.a like 'x' escape ^'' ; one character in quotes",
                "tags.^ = 'x' ; a name that begins with a letter",
                "tags.a.^ = 'x' ; a name that begins with a letter",
                "tags.^`` = 'x' ; a name that is not blank",
                "^tags .a = 'x' ; metrics and a point",
                "tags.a = 'x^ ; the quote that ends what began at position 9",
                "status = ^'done' ; one of 'created', 'running', 'completed', 'failed', 'cancelled'",
                "status = ^'Completed' ; one of 'created'",
                "kind in ('evaluation', ^'EVALUATION') ; one of 'fine_tuning', 'evaluation', 'comparison'",
                "created_at > ^'yesterday' ; a time: '2026-01-31T12:00:00Z'",
                "created_at > ^'2026-02-30' ; a time",
                "created_at > ^'2026-01-31T12:00:00' ; a time",
                "created_at > ^'+12000-01-01T00:00:00Z' ; the years 1 to 9999",
                "created_at > ^99999999999999999999 ; in the years 1 to 9999",
                "created_at > ^1.5 ; whole milliseconds",
                "created_at > now ^- 7d ; (",
                "created_at > now() - ^7 ; a time span such as 90s",
                "created_at > now() - ^7y ; a time span such as 90s",
                "created_at > now() - ^d ; a time span such as 90s",
                "created_at > now() + ^36501d ; time spans of at most 36500 days",
                "created_at > now() + ^9999999999999999999d ; time spans of at most 36500 days",
                "created_at > now() + ^9999999999999w ; time spans of at most 36500 days",
                "total_cost_usd = ^'1' ; a number",
                "created_at = ^true ; a time",
                "id = ^7 ; a text in quotes",
                "^and name = 'a' ; ",
                "name = 'a' ^name = 'b' ; and, or, or the end",
                "(name = 'a' ^ ; and, or, or )",
                "name = 'a'^) ; and, or, or the end",
                "name = 'a' and ^ ; the name of a field",
                "not ^ ; the name of a field",
                "^'name' = 'a' ; the name of a field",
                "^nam = 'a' ; error, id, input_tokens, kind, model_version_id, name, notes",
                "datasets.^nam = 'a' ; one of datasets.checksum, datasets.name, datasets.version_label"
            })
    void a_text_that_does_not_fit_is_refused_with_its_position(String marked, String expected) {
        String text = marked.replace("^", "");
        assertThatThrownBy(() -> Condition.parse(text)).isInstanceOfSatisfying(SearchSyntaxException.class, e -> {
            assertThat(e.expected()).contains(expected == null ? "" : expected);
            assertThat(e.position()).as(e.getMessage()).isEqualTo(marked.indexOf('^'));
            assertThat(e).hasMessage("where: at position " + e.position() + ": expected " + e.expected());
        });
    }

    @Test
    void an_unknown_name_is_not_repeated_in_the_message() {
        for (String text : List.of("s3cret = 1", "name = s3cret", "tags.a = 's3cret' or", "metrics.a > 's3cret'")) {
            assertThatThrownBy(() -> Condition.parse(text)).hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void a_message_names_the_argument_that_the_text_was_given_for() {
        assertThatThrownBy(() -> Condition.parse("!")).hasMessageStartingWith("where: at position 0: expected ");
        assertThatThrownBy(() -> Order.parse("!")).hasMessageStartingWith("orderBy: at position 0: expected ");
        assertThatThrownBy(() -> Field.parse("!")).hasMessageStartingWith("select: at position 0: expected ");
        assertThatThrownBy(() -> Order.parse("name desc asc")).hasMessageContaining("10: expected a comma, or the end");
        assertThatThrownBy(() -> Field.parse("name desc")).hasMessageContaining("5: expected a comma, or the end");
        assertThatNullPointerException().isThrownBy(() -> Condition.parse(null)).withMessage("text");
        assertThatNullPointerException().isThrownBy(() -> Order.parse(null)).withMessage("text");
        assertThatNullPointerException().isThrownBy(() -> Field.parse(null)).withMessage("text");
    }

    @Test
    void a_text_has_at_most_ten_thousand_characters() {
        String fits = "name = '" + "x".repeat(9_991) + "'";
        assertThat(fits).hasSize(10_000);
        assertThatCode(() -> Condition.parse(fits)).doesNotThrowAnyException();
        assertThat(refusal(fits + " ")).isEqualTo(10_000);
    }

    @Test
    void a_character_that_cannot_be_stored_is_refused_where_it_stands() {
        assertThat(refusal("name = 'a\0'")).isEqualTo(9);
        assertThat(refusal("name = 'a\uD83D'")).isEqualTo(9);
        assertThat(refusal("name = '\uDE00'")).isEqualTo(8);
        assertThat(Condition.parse("name = '\uD83D\uDE00'"))
                .isEqualTo(new Clause.Compare(Attribute.NAME, Operator.EQUAL, new Literal.Text("\uD83D\uDE00")));
    }

    @Test
    void a_text_has_at_most_32_levels() {
        assertThatCode(() -> Condition.parse("(".repeat(32) + "name = 'a'" + ")".repeat(32)))
                .doesNotThrowAnyException();
        assertThatCode(() -> Condition.parse("not ".repeat(32) + "name = 'a'")).doesNotThrowAnyException();
        assertThat(refusal("(".repeat(33) + "name = 'a'" + ")".repeat(33))).isEqualTo(32);
        assertThat(refusal("not ".repeat(33) + "name = 'a'")).isEqualTo(32 * 4);
        assertThat(refusal("(".repeat(9_000))).isEqualTo(32);
        assertThat(refusal("not ".repeat(2_400))).isEqualTo(32 * 4);
        // Levels that no parenthesis shows: and within or, twice in each pair of parentheses.
        String within = "name = 'a' or name = 'b' and (";
        assertThatCode(() -> Condition.parse(within.repeat(16) + "id is null" + ")".repeat(16)))
                .doesNotThrowAnyException();
        assertThat(refusal(within.repeat(17) + "id is null" + ")".repeat(17))).isNotNegative();
    }

    @Test
    void a_text_has_at_most_200_clauses() {
        assertThatCode(() -> Condition.parse(clauses(200))).doesNotThrowAnyException();
        assertThat(refusal(clauses(201))).isEqualTo(clauses(200).length() + " or ".length());
        assertThat(refusal("(" + clauses(150) + ") and (" + clauses(51) + ")")).isNotNegative();
        assertThat(Order.parse(names(200))).hasSize(200);
        assertThatThrownBy(() -> Order.parse(names(201))).hasMessageContaining("at most 200 fields");
        assertThatThrownBy(() -> Field.parse(names(201))).hasMessageContaining("at most 200 fields");
    }

    @Test
    void a_list_has_at_most_a_thousand_values() {
        String values = IntStream.range(0, 1_000).mapToObj(i -> "1").collect(Collectors.joining(","));
        assertThatCode(() -> Condition.parse("metrics.a in (" + values + ")")).doesNotThrowAnyException();
        assertThat(refusal("metrics.a in (" + values + ",1)")).isEqualTo(("metrics.a in (" + values + ",").length());
    }

    @Test
    void a_number_has_at_most_400_digits() {
        assertThatCode(() -> Condition.parse("metrics.a = 0." + "1".repeat(399)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Condition.parse("metrics.a = 0." + "1".repeat(401)))
                .hasMessageContaining("at most 400 digits");
        assertThatThrownBy(() -> Condition.parse("metrics.a = 1e-2147483648"))
                .hasMessageContaining("in the range of a double");
    }

    @Test
    void a_name_has_at_most_250_characters() {
        assertThatCode(() -> Condition.parse("metrics." + "a".repeat(250) + " = 1"))
                .doesNotThrowAnyException();
        assertThat(refusal("metrics." + "a".repeat(251) + " = 1")).isEqualTo(8);
    }

    @Test
    void a_tree_that_no_text_makes_has_the_same_maxima() {
        Condition clause = new Clause.IsNull(Attribute.NAME, false);
        Condition deep = clause;
        for (int i = 0; i < Condition.MAX_DEPTH; i++) {
            deep = new Condition.Not(deep);
        }
        Condition deepest = deep;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Condition.Not(deepest))
                .withMessageContaining("at most 32 levels");
        List<Condition> many = Stream.generate(() -> clause).limit(200).toList();
        assertThatCode(() -> new Condition.Any(many)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Condition.All(List.of(clause, new Condition.Any(many))))
                .withMessageContaining("at most 200 clauses");
        List<Condition> empty = Stream.<Condition>generate(() -> new Condition.Any(List.of()))
                .limit(201)
                .toList();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Condition.All(empty))
                .withMessageContaining("at most 200 clauses");
    }

    @Test
    void a_clause_refuses_a_literal_that_does_not_fit_its_field() {
        Literal text = new Literal.Text("a");
        Literal number = Literal.Number.of(1);
        Literal now = new Literal.Now(Duration.ZERO);
        Map<Field, Literal> misfits = Map.of(
                new Field.Metric("a"),
                text,
                new Field.Param("a"),
                now,
                new Field.Tag("a"),
                number,
                Attribute.NAME,
                number,
                Attribute.ID,
                number,
                Attribute.STATUS,
                text,
                Attribute.CREATED_AT,
                number,
                Attribute.INPUT_TOKENS,
                text);
        misfits.forEach((field, literal) -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Clause.Compare(field, Operator.EQUAL, literal))
                    .withMessageStartingWith("literal must be ");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Clause.In(field, List.of(literal), false))
                    .withMessageStartingWith("literal must be ");
        });
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Clause.Compare(new Field.Param("a"), Operator.LESS, text))
                .withMessageStartingWith("operator must not ask for an order of texts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Clause.Between(Attribute.NAME, text, text, false))
                .withMessageStartingWith("low must not ask for an order of texts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Clause.In(new Field.Param("a"), List.of(text, number), false))
                .withMessage("literals must be all texts or all numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Clause.Like(new Field.Metric("a"), "a%", false, false))
                .withMessageStartingWith("literal must be ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Clause.Like(Attribute.NAME, "a\\\\\\", false, false))
                .withMessage("pattern must not end with a single backslash");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Clause.IsNan(Attribute.TOTAL_COST_USD, false))
                .withMessageStartingWith("field must be a metric or a param");
    }

    @Test
    void a_literal_and_a_name_refuse_what_cannot_be_stored_or_counted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Literal.Text("a\0"))
                .withMessageStartingWith("value holds a NUL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Literal.Text("x".repeat(10_001)))
                .withMessageStartingWith("value's length must be from 0 to 10000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Literal.Number.of(Double.NaN))
                .withMessage("value must be a finite number");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Literal.EpochMillis(Long.MAX_VALUE))
                .withMessage("value must be in the years 1 to 9999");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Literal.Time(Instant.MAX))
                .withMessage("value must be in the years 1 to 9999");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Literal.Now(Duration.ofSeconds(Long.MIN_VALUE)))
                .withMessageStartingWith("offset must be at most 36500 days");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Field.Metric(" "))
                .withMessage("name must not be blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Field.Tag("x".repeat(251)))
                .withMessage("name must have 1 to 250 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Field.Param("\uD83D"))
                .withMessageStartingWith("name holds half a surrogate pair");
    }

    private static String clauses(int count) {
        return Stream.generate(() -> "name = 'a'").limit(count).collect(Collectors.joining(" or "));
    }

    private static String names(int count) {
        return Stream.generate(() -> "name").limit(count).collect(Collectors.joining(", "));
    }

    private static int refusal(String text) {
        try {
            Condition.parse(text);
        } catch (SearchSyntaxException e) {
            return e.position();
        }
        throw new AssertionError("not refused");
    }
}
