package dev.evalstore.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.search.Clause.Between;
import dev.evalstore.search.Clause.Compare;
import dev.evalstore.search.Clause.In;
import dev.evalstore.search.Clause.IsNan;
import dev.evalstore.search.Clause.IsNull;
import dev.evalstore.search.Clause.Like;
import dev.evalstore.search.Condition.All;
import dev.evalstore.search.Condition.Any;
import dev.evalstore.search.Condition.Not;
import dev.evalstore.search.Field.Metric;
import dev.evalstore.search.Field.Param;
import dev.evalstore.search.Field.Tag;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionTest {
    private static Literal text(String value) {
        return new Literal.Text(value);
    }

    private static Literal number(String value) {
        return new Literal.Number(new BigDecimal(value));
    }

    @Test
    void a_text_becomes_a_tree() {
        assertThat(Condition.parse("""
                        metrics.accuracy > 0.9 and (params.model = 'gpt-4' or tags.team in ('a','b'))
                          and not status = 'failed' and created_at > now() - 7d"""))
                .isEqualTo(new All(List.of(
                        new Compare(new Metric("accuracy"), Operator.GREATER, number("0.9")),
                        new Any(List.of(
                                new Compare(new Param("model"), Operator.EQUAL, text("gpt-4")),
                                new In(new Tag("team"), List.of(text("a"), text("b")), false))),
                        new Not(new Compare(Attribute.STATUS, Operator.EQUAL, text("failed"))),
                        new Compare(Attribute.CREATED_AT, Operator.GREATER, new Literal.Now(Duration.ofDays(-7))))));
    }

    @Test
    void every_clause_has_a_text() {
        assertThat(Condition.parse("params.lr between 1e-5 and -.5"))
                .isEqualTo(new Between(new Param("lr"), number("1e-5"), number("-.5"), false));
        assertThat(Condition.parse("metrics.loss not between 0 and 1"))
                .isEqualTo(new Between(new Metric("loss"), number("0"), number("1"), true));
        assertThat(Condition.parse("metrics.loss not in (1, +2.)"))
                .isEqualTo(new In(new Metric("loss"), List.of(number("1"), number("2")), true));
        assertThat(Condition.parse("status like 'F%'")).isEqualTo(new Like(Attribute.STATUS, "F%", false, false));
        assertThat(Condition.parse("kind not ilike 'EVAL%'")).isEqualTo(new Like(Attribute.KIND, "EVAL%", true, true));
        assertThat(Condition.parse("name LIKE 'a\\%%'")).isEqualTo(new Like(Attribute.NAME, "a\\%%", false, false));
        assertThat(Condition.parse("name not ilike 'a!%%\\' escape '!'"))
                .isEqualTo(new Like(Attribute.NAME, "a\\%%\\\\", true, true));
        assertThat(Condition.parse("tags.x is null")).isEqualTo(new IsNull(new Tag("x"), false));
        assertThat(Condition.parse("tags.x IS NOT NULL")).isEqualTo(new IsNull(new Tag("x"), true));
        assertThat(Condition.parse("metrics.x is nan")).isEqualTo(new IsNan(new Metric("x"), false));
        assertThat(Condition.parse("metrics.x is not nan")).isEqualTo(new IsNan(new Metric("x"), true));
        assertThat(Condition.parse("start_time = 1664067852747"))
                .isEqualTo(new Compare(Attribute.STARTED_AT, Operator.EQUAL, new Literal.EpochMillis(1664067852747L)));
        assertThat(Condition.parse("created_at >= '2026-01-31' + 12h - 30m"))
                .isEqualTo(new Compare(
                        Attribute.CREATED_AT,
                        Operator.GREATER_OR_EQUAL,
                        new Literal.Time(Instant.parse("2026-01-31T11:30:00Z"))));
        assertThat(Condition.parse(" \n")).isEqualTo(Condition.EVERYTHING);
    }
}
