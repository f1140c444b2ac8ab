package dev.evalstore.exchange;

import java.util.List;

/**
 * The benchmark definitions that a search found.
 *
 * @param items best first; empty when nothing matches
 * @param truncated whether more than 1,000 definitions match. Then only the first 1,000 that the index led to were
 *     ranked, and a better one may be among the others: ask for more words, or for a longer one
 */
public record DefinitionMatches(List<BenchmarkDefinition> items, boolean truncated) {
    public DefinitionMatches {
        items = List.copyOf(items);
    }
}
