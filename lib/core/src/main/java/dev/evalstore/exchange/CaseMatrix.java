package dev.evalstore.exchange;

import java.util.List;
import java.util.UUID;

/**
 * Which test cases of a version several submissions passed.
 *
 * @param caseKeys the keys of all test cases of the version, by sort order and then by key
 * @param rows the submissions that the viewer may see, in the order in which they were asked for
 */
public record CaseMatrix(UUID versionId, List<String> caseKeys, List<Row> rows) {
    public CaseMatrix {
        caseKeys = List.copyOf(caseKeys);
        rows = List.copyOf(rows);
    }

    /**
     * What one submission did.
     *
     * @param cells one for each of {@link CaseMatrix#caseKeys()}, in that order
     */
    public record Row(UUID submissionId, List<Cell> cells) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /** What a submission did in a test case. */
    public enum Cell {
        /** The output was right. */
        PASSED,
        /** It was not. */
        FAILED,
        /** The submission has no result for the case. */
        MISSING
    }
}
