package dev.evalstore.exchange;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression of an expected output, a constraint or a JSON Schema, by RE2/J, which this class alone names. The
 * time of a match grows with the length of the text times the size of the expression, and never faster: nothing
 * backtracks.
 */
final class TextPattern {
    /** In characters, and again in instructions when counted repetitions are written out. */
    private static final int MAX_SIZE = 10_000;

    private static final Pattern COUNTS = Pattern.compile("[0-9]+(,[0-9]*)?");

    private final Pattern compiled;

    private TextPattern(Pattern compiled) {
        this.compiled = compiled;
    }

    /** @throws IllegalArgumentException naming the field, if it is not an expression of RE2, or too large */
    static TextPattern of(String field, String expression) {
        if (expression.length() > MAX_SIZE) {
            throw new IllegalArgumentException(field + " must have at most " + MAX_SIZE + " characters");
        }
        // RE2/J writes repetitions out, however many there are: a short expression could fill the memory.
        if (size(expression) > MAX_SIZE) {
            throw new IllegalArgumentException(
                    field + " must not be longer than " + MAX_SIZE + " characters with its repetitions written out");
        }
        try {
            return new TextPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(field + " is not a regular expression of RE2: " + e.getDescription());
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(field + " nests too deep for a regular expression");
        }
    }

    /** About the number of instructions, or more; what is above the maximum is not measured to its end. */
    static long size(String expression) {
        return new Size(expression).measure();
    }

    /** Whether it fits the whole text. */
    boolean isWhole(String text, Deadline deadline) {
        return compiled.matcher(deadline.watch(text)).matches();
    }

    /** Whether it fits a part of the text. */
    boolean isIn(String text, Deadline deadline) {
        return compiled.matcher(deadline.watch(text)).find();
    }

    /**
     * At least the number of instructions of an expression whose counted repetitions are written out: 200 and a little
     * for {@code (ab){100}}. Reads escapes, classes and groups exactly as RE2/J does: what it took for something else
     * could hide a group.
     */
    private static final class Size {
        /** Escapes that stand for several characters, and begin no range. */
        private static final String CLASSES = "dDsSwWpP";

        private final String text;
        private int at;

        Size(String text) {
            this.text = text;
        }

        /** Stops where the maximum is passed. Without recursion: groups may nest as deep as the expression is long. */
        long measure() {
            long[] outer = new long[text.length() + 1];
            int depth = 0;
            long size = 0;
            long last = 0;
            while (at < text.length() && size <= MAX_SIZE) {
                int start = at;
                char c = text.charAt(at++);
                if (c == '(') {
                    outer[depth++] = size;
                    size = 0;
                } else if (c == ')' && depth > 0) {
                    last = size + 2;
                    size = outer[--depth] + last;
                } else {
                    long copies = c == '{' ? repetitions() : 0;
                    if (copies > 0) {
                        last = (last + 1) * copies;
                        size += last;
                    } else {
                        if (c == '\\') {
                            skipEscape();
                        } else if (c == '[') {
                            skipClass();
                        }
                        last = 1;
                        size += text.startsWith("\\Q", start) ? at - start : 1;
                    }
                }
            }
            return size;
        }

        /** How many copies a repetition makes of what is before it; 0 where the brace is a character like others. */
        private long repetitions() {
            int end = text.indexOf('}', at);
            if (end < 0 || !COUNTS.matches(text.substring(at, end))) {
                return 0;
            }
            long most = 1;
            for (String number : text.substring(at, end).split(",", -1)) {
                most = Math.max(most, number.length() > 4 ? MAX_SIZE + 1 : Integer.parseInt("0" + number));
            }
            at = end + 1;
            return most;
        }

        /** After a backslash. {@code \x{10FFFF}} and {@code \p{Greek}} have braces that repeat nothing. */
        private void skipEscape() {
            if (at < text.length()) {
                char c = text.charAt(at++);
                if (c == 'Q') {
                    skipTo("\\E");
                } else if ((c == 'x' || c == 'p' || c == 'P') && text.startsWith("{", at)) {
                    skipTo("}");
                }
            }
        }

        private void skipTo(String end) {
            int found = text.indexOf(end, at);
            at = found < 0 ? text.length() : found + end.length();
        }

        /** After an opening bracket. */
        private void skipClass() {
            if (text.startsWith("^", at)) {
                at++;
            }
            for (boolean isFirst = true; at < text.length() && (isFirst || text.charAt(at) != ']'); isFirst = false) {
                if (text.startsWith("[:", at) && text.indexOf(":]", at) >= 0) {
                    skipTo(":]");
                } else if (!skipMember() && text.startsWith("-", at) && !text.startsWith("-]", at)) {
                    at++;
                    skipMember();
                }
            }
            at++;
        }

        /** Whether it was an escape that stands for several characters. */
        private boolean skipMember() {
            boolean isEscape = at < text.length() && text.charAt(at++) == '\\';
            boolean isSeveral = isEscape && at < text.length() && CLASSES.indexOf(text.charAt(at)) >= 0;
            if (isEscape) {
                skipEscape();
            }
            return isSeveral;
        }
    }
}
