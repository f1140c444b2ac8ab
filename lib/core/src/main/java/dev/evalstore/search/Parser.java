package dev.evalstore.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads texts by recursive descent, one method a rule of the grammar. Used once. */
final class Parser {
    /** More keys to sort by, or fields to read, than anyone needs. */
    private static final int MAX_ITEMS = 200;

    private final Scanner scanner;
    private final FieldParser fields;
    private int depth;
    private int clauses;

    Parser(String field, String text) {
        scanner = new Scanner(field, Objects.requireNonNull(text, "text"));
        fields = new FieldParser(scanner);
    }

    /** The whole of a filter. */
    Condition condition() {
        if (scanner.isAtEnd()) {
            return Condition.EVERYTHING;
        }
        Condition condition = any();
        if (!scanner.isAtEnd()) {
            throw scanner.expected("and, or, or the end");
        }
        return condition;
    }

    /** The whole of a list of fields. */
    List<Field> fields() {
        return items(fields::field);
    }

    /** The whole of a list of keys to sort by. */
    List<Order> orders() {
        return items(this::order);
    }

    private Order order() {
        Field field = fields.field();
        if (scanner.acceptWord("desc")) {
            return Order.descending(field);
        }
        scanner.acceptWord("asc");
        return Order.ascending(field);
    }

    private <T> List<T> items(Supplier<T> item) {
        List<T> items = new ArrayList<>();
        do {
            if (items.size() == MAX_ITEMS) {
                throw scanner.expected("the end, for a text has at most " + MAX_ITEMS + " fields");
            }
            items.add(item.get());
        } while (scanner.accept(","));
        if (!scanner.isAtEnd()) {
            throw scanner.expected("a comma, or the end");
        }
        return items;
    }

    private Condition any() {
        return joined("or", this::all, Condition.Any::new);
    }

    private Condition all() {
        return joined("and", this::unary, Condition.All::new);
    }

    private Condition joined(String word, Supplier<Condition> part, Function<List<Condition>, Condition> join) {
        int start = scanner.position();
        Condition first = part.get();
        if (!scanner.peekWord().equals(word)) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(first));
        while (scanner.acceptWord(word)) {
            parts.add(part.get());
        }
        return tree(start, () -> join.apply(parts));
    }

    private Condition unary() {
        int start = scanner.position();
        if (scanner.acceptWord("not")) {
            Condition negated = nested(start, this::unary);
            return tree(start, () -> new Condition.Not(negated));
        }
        if (scanner.accept("(")) {
            Condition inner = nested(start, this::any);
            if (!scanner.accept(")")) {
                throw scanner.expected("and, or, or )");
            }
            return inner;
        }
        if (clauses == Condition.MAX_CLAUSES) {
            throw scanner.expected("at most " + Condition.MAX_CLAUSES + " clauses");
        }
        clauses++;
        return new ClauseParser(scanner, fields.field()).clause();
    }

    /** What stands one level deeper. The check keeps the recursion from exhausting the stack. */
    private Condition nested(int start, Supplier<Condition> inner) {
        if (depth == Condition.MAX_DEPTH) {
            throw tooDeep(start);
        }
        depth++;
        Condition condition = inner.get();
        depth--;
        return condition;
    }

    /** A tree of which only the depth can be wrong, since {@code and} within {@code or} is a level without parentheses. */
    private Condition tree(int start, Supplier<Condition> tree) {
        try {
            return tree.get();
        } catch (IllegalArgumentException e) {
            throw tooDeep(start);
        }
    }

    private SearchSyntaxException tooDeep(int start) {
        return scanner.error(start, "at most " + Condition.MAX_DEPTH + " levels of parentheses, not, and, or");
    }
}
