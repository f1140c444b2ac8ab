package dev.evalstore.exchange;

/**
 * Compares meanings, which the library cannot: by embeddings, by a judging model, or however the host decides. {@link
 * OutputCheck} calls it on the caller's thread, and what it throws reaches the caller.
 */
@FunctionalInterface
public interface SemanticMatcher {
    /**
     * Whether the output means what is expected.
     *
     * @param expected of kind {@link MatchKind#SEMANTIC}; its {@code matchConfig} is the host's own
     */
    boolean matches(ExpectedOutput expected, String output);
}
