package dev.evalstore.analysis.export;

/**
 * What an export came to.
 *
 * @param rows how many rows were written, the header not among them
 * @param cut whether {@link Export#maximum} left out rows
 */
public record ExportSummary(long rows, boolean cut) {}
