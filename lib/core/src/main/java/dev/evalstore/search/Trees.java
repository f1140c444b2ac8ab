package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.util.List;

/** The size of trees. Every tree is checked when it is made, so none is ever deep enough to exhaust a stack. */
final class Trees {
    private Trees() {}

    /** What a tree shall be made of, copied. */
    static List<Condition> checked(List<Condition> conditions) {
        List<Condition> copy = Check.list("conditions", conditions);
        if (1 + copy.stream().mapToInt(Trees::depth).max().orElse(0) > Condition.MAX_DEPTH) {
            throw new IllegalArgumentException("conditions must be at most " + Condition.MAX_DEPTH + " levels deep");
        }
        if (copy.stream().mapToInt(Trees::clauses).sum() > Condition.MAX_CLAUSES) {
            throw new IllegalArgumentException("conditions must have at most " + Condition.MAX_CLAUSES + " clauses");
        }
        return copy;
    }

    private static int depth(Condition condition) {
        if (condition instanceof Clause) {
            return 0;
        }
        return 1 + parts(condition).stream().mapToInt(Trees::depth).max().orElse(0);
    }

    /** An empty {@code All} or {@code Any} counts too: it is compiled and written like a clause. */
    private static int clauses(Condition condition) {
        List<Condition> parts = parts(condition);
        return parts.isEmpty() ? 1 : parts.stream().mapToInt(Trees::clauses).sum();
    }

    /** What stands one level below. */
    static List<Condition> parts(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.conditions();
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions();
        }
        return condition instanceof Condition.Not not ? List.of(not.condition()) : List.of();
    }
}
