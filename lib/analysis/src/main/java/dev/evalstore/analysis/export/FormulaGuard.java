package dev.evalstore.analysis.export;

/**
 * Keeps a text in a CSV file from being run by a spreadsheet, which takes for a formula what begins with {@code =},
 * {@code +}, {@code -}, {@code @}, a tab or a line break, also in their full-width forms. Before such a text stands an
 * apostrophe: {@code =1+1} becomes {@code '=1+1}. A text that has apostrophes there already gets one more, so that {@link
 * #remove} restores each text exactly. Texts that begin in another way, {@code 'tis} among them, stay as they are.
 *
 * <p>This holds for readers that separate cells by commas. One that is set to semicolons or tabs cuts a text apart at these, and
 * what follows begins a cell: {@code see;=1+1}.
 */
public final class FormulaGuard {
    private static final String DANGEROUS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private FormulaGuard() {}

    /** The text with an apostrophe before it where it needs one. */
    public static String add(String text) {
        return isFormula(text) ? "'" + text : text;
    }

    /** The text of a guarded cell, as it was before {@link #add}. */
    public static String remove(String cell) {
        return cell.startsWith("'") && isFormula(cell) ? cell.substring(1) : cell;
    }

    private static boolean isFormula(String text) {
        int first = 0;
        while (first < text.length() && text.charAt(first) == '\'') {
            first++;
        }
        return first < text.length() && DANGEROUS.indexOf(text.charAt(first)) >= 0;
    }
}
