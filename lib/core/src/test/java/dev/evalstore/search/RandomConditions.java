package dev.evalstore.search;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Random trees, orders and rows over so few names and values that they meet. The same seed draws the same. */
public final class RandomConditions {
    /** Names that a glued or split text would break at. */
    public static final List<String> NAMES = List.of(
            "a", "acc", "a.b", "a b", "a,b", "a|b", "a`b", "a\"b", "a'b", "é", "日本", "😀", "in", "and", "not", "1st",
            "x-y", "%", "_", "\\", "$1", "?", ":x", "a;b", "--");

    /** Texts of the same kind, some of them numbers. */
    public static final List<String> TEXTS = List.of(
            "",
            "a",
            "A",
            "ab",
            "a%b",
            "a_b",
            "a\\b",
            "'",
            "''",
            "\"",
            "`",
            "é",
            "É",
            "日本",
            "😀",
            "1",
            "1.0",
            "10",
            "9",
            "NaN",
            "null",
            "true",
            " ",
            "a\nb",
            "; drop table x; --",
            "$1",
            "?");

    /** The corners of doubles, and some that tie. */
    public static final List<Double> NUMBERS = List.of(
            0.0,
            -0.0,
            1.0,
            1.0,
            -1.0,
            0.1,
            0.5,
            Double.parseDouble("1e-320"),
            5e-324,
            1e308,
            Double.MAX_VALUE,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY);

    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

    private final Random random;
    private final List<UUID> ids;
    private final List<Attribute> attributes;

    /**
     * @param ids what ids are compared with, beside one that is nobody's
     * @param attributes those that are asked about
     */
    public RandomConditions(Random random, List<UUID> ids, List<Attribute> attributes) {
        this.random = random;
        this.ids = ids;
        this.attributes = attributes;
    }

    /** A tree with levels up to the depth. */
    public Condition condition(int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(5);
        return switch (kind) {
            case 1 -> new Condition.All(conditions(depth - 1));
            case 2 -> new Condition.Any(conditions(depth - 1));
            case 3 -> new Condition.Not(condition(depth - 1));
            default -> clause();
        };
    }

    private List<Condition> conditions(int depth) {
        List<Condition> conditions = new ArrayList<>();
        for (int i = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(3); i > 0; i--) {
            conditions.add(condition(depth));
        }
        return conditions;
    }

    /** A clause about any field. */
    public Clause clause() {
        Field field = field();
        boolean negated = random.nextBoolean();
        FieldType type = field.type();
        boolean canBeOrdered = type == FieldType.NUMBER || type == FieldType.TIME || type == FieldType.PARAM;
        boolean canBeLike = type != FieldType.NUMBER && type != FieldType.TIME;
        boolean canBeNan = field instanceof Field.Metric || field instanceof Field.Param;
        return switch (random.nextInt(10)) {
            case 0 -> new Clause.IsNull(field, negated);
            case 1, 2 -> canBeNan ? new Clause.IsNan(field, negated) : new Clause.IsNull(field, negated);
            case 3, 4 -> in(field, negated);
            case 5, 6 ->
                canBeOrdered ? new Clause.Between(field, ordered(field), ordered(field), negated) : in(field, negated);
            case 7 -> canBeLike ? new Clause.Like(field, pattern(), random.nextBoolean(), negated) : compare(field);
            default ->
                canBeOrdered
                        ? new Clause.Compare(field, pick(List.of(Operator.values())), ordered(field))
                        : compare(field);
        };
    }

    private Clause in(Field field, boolean negated) {
        Supplier<Literal> draw = random.nextBoolean() || field.type() != FieldType.PARAM
                ? () -> literal(field)
                : () -> new Literal.Text(pick(TEXTS));
        List<Literal> literals = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Literal literal = draw.get();
            if (literals.isEmpty() || literals.get(0) instanceof Literal.Text == literal instanceof Literal.Text) {
                literals.add(literal);
            }
        }
        return new Clause.In(field, literals, negated);
    }

    private Clause compare(Field field) {
        return new Clause.Compare(field, random.nextBoolean() ? Operator.EQUAL : Operator.NOT_EQUAL, literal(field));
    }

    /** A pattern of characters, wildcards and escapes. */
    public String pattern() {
        StringBuilder pattern = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            pattern.append(pick(List.of("%", "_", "a", "A", "b", "\\%", "\\_", "\\\\", "'", "é", "😀", "1")));
        }
        return pattern.toString();
    }

    /** Any field. */
    public Field field() {
        Function<String, Field> entity =
                pick(List.<Function<String, Field>>of(Field.Metric::new, Field.Param::new, Field.Tag::new));
        return random.nextInt(3) == 0 ? pick(attributes) : entity.apply(pick(NAMES));
    }

    /** A key to sort by. */
    public Order order() {
        return new Order(field(), random.nextBoolean());
    }

    private Literal ordered(Field field) {
        return field.type() == FieldType.TIME ? time() : number();
    }

    private Literal literal(Field field) {
        return switch (field.type()) {
            case TEXT -> new Literal.Text(pick(TEXTS));
            case NUMBER -> number();
            case PARAM -> random.nextBoolean() ? number() : new Literal.Text(pick(TEXTS));
            case ID -> new Literal.Text(id());
            case WORD -> new Literal.Text(pick(((Attribute) field).words()));
            case TIME -> time();
        };
    }

    private String id() {
        if (ids.isEmpty() || random.nextInt(5) == 0) {
            return random.nextBoolean() ? "nobody's" : new UUID(1, 2).toString();
        }
        String id = pick(ids).toString();
        return random.nextBoolean() ? id : id.replace("-", "");
    }

    private Literal number() {
        double number = pick(NUMBERS);
        return Double.isFinite(number)
                ? Literal.Number.of(number)
                : new Literal.Number(new BigDecimal(random.nextInt(20)).movePointLeft(1));
    }

    private Literal time() {
        return switch (random.nextInt(3)) {
            case 0 -> new Literal.Time(pickTime());
            case 1 -> new Literal.EpochMillis(pickTime().toEpochMilli());
            default -> new Literal.Now(Duration.ofDays(random.nextInt(3) - 1L));
        };
    }

    /** A time within some milliseconds, to the microsecond. */
    public Instant pickTime() {
        return TIME.plusNanos(random.nextInt(5) * 500_000L);
    }

    /** A value that a row has of a metric, or of a param that is a number. */
    public double pickNumber() {
        return pick(NUMBERS);
    }

    /** One of them. */
    public <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Names with values, each name with a chance of one in so many. */
    public <T> Map<String, T> some(int oneIn, Supplier<T> value) {
        Map<String, T> some = new HashMap<>();
        for (String name : NAMES) {
            if (random.nextInt(oneIn) == 0) {
                some.put(name, value.get());
            }
        }
        return some;
    }

    /** A row that only the oracle sees. */
    public Facts facts() {
        Map<Attribute, Object> values = new HashMap<>();
        for (Attribute attribute : attributes) {
            Object value = value(attribute);
            if (value != null) {
                values.put(attribute, value);
            }
        }
        return new Facts(
                some(3, this::pickNumber),
                some(3, () -> random.nextBoolean() ? number(pickNumber()) : new Facts.ParamFact(pick(TEXTS), null)),
                some(3, () -> pick(TEXTS)),
                values);
    }

    private static Facts.ParamFact number(double value) {
        return new Facts.ParamFact(Double.toString(value), value);
    }

    private @Nullable Object value(Attribute attribute) {
        if (attribute != Attribute.ID && random.nextInt(3) == 0) {
            return null;
        }
        return switch (attribute.type()) {
            case TEXT -> pick(TEXTS);
            case WORD -> pick(attribute.words());
            case NUMBER -> new BigDecimal(random.nextInt(20)).movePointLeft(1);
            case ID -> ids.isEmpty() ? new UUID(1, 2) : pick(ids);
            case TIME -> pickTime();
            case PARAM -> throw new AssertionError("no attribute is a param");
        };
    }
}
