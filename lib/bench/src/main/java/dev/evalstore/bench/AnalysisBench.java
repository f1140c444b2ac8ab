package dev.evalstore.bench;

/**
 * {@code analysis}: {@link AnalysisPairedBench}, {@link AnalysisBtBench}, {@link AnalysisExportBench}. {@code only} names one
 * of paired, bt, export.
 */
final class AnalysisBench {
    private AnalysisBench() {}

    static void run(Lab lab) throws Exception {
        String only = lab.settings().text("only");
        if (only == null || only.equals("paired")) {
            AnalysisPairedBench.run(lab);
        }
        if (only == null || only.equals("bt")) {
            AnalysisBtBench.run(lab);
        }
        if (only == null || only.equals("export")) {
            AnalysisExportBench.run(lab);
        }
    }
}
