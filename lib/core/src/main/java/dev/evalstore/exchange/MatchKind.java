package dev.evalstore.exchange;

/** How an output is compared with an expected one. */
public enum MatchKind {
    /** The same text. */
    EXACT,
    /** The expected output is a regular expression, which the output fits. */
    PATTERN,
    /** The same meaning, by a {@link SemanticMatcher} of the host. */
    SEMANTIC,
    /** A similar text: 1 − edit distance ÷ the longer length reaches a threshold. */
    FUZZY
}
