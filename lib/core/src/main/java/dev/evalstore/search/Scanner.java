package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.util.Locale;
import java.util.function.IntPredicate;

/** A text that is read from left to right: its characters, words and quoted parts. */
final class Scanner {
    private final String field;
    private final String text;
    private int position;

    Scanner(String field, String text) {
        this.field = field;
        this.text = text;
        if (text.length() > Condition.MAX_LENGTH) {
            throw error(
                    Condition.MAX_LENGTH, "the end, for a text has at most " + Condition.MAX_LENGTH + " characters");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                throw error(i, "a character that can be stored, neither NUL nor half a surrogate pair");
            }
        }
    }

    /** Where the next character stands that is no blank. */
    int position() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position;
    }

    /** Where the next character stands, be it a blank. */
    int here() {
        return position;
    }

    boolean isAtEnd() {
        return position() == text.length();
    }

    SearchSyntaxException expected(String what) {
        return error(position(), what);
    }

    SearchSyntaxException error(int at, String expected) {
        return new SearchSyntaxException(field, at, expected);
    }

    /** Reads the symbol, if it is next. */
    boolean accept(String symbol) {
        if (!text.startsWith(symbol, position())) {
            return false;
        }
        position += symbol.length();
        return true;
    }

    /** Reads the symbol, if it is next without a blank before it. */
    boolean acceptHere(char symbol) {
        if (!isNext(symbol)) {
            return false;
        }
        position++;
        return true;
    }

    /** Whether the symbol is next without a blank before it. */
    boolean isNext(char symbol) {
        return position < text.length() && text.charAt(position) == symbol;
    }

    void require(String symbol) {
        if (!accept(symbol)) {
            throw expected(symbol);
        }
    }

    /** Reads the word, if it is next, in upper or lower case. */
    boolean acceptWord(String word) {
        boolean isNext = peekWord().equals(word);
        if (isNext) {
            position += word.length();
        }
        return isNext;
    }

    void requireWord(String word) {
        if (!acceptWord(word)) {
            throw expected(word);
        }
    }

    /** The next word in lower case, empty if there is none. */
    String peekWord() {
        int start = position();
        return text.substring(start, end(start, Scanner::isOfWord)).toLowerCase(Locale.ROOT);
    }

    /** Reads the word that begins here, as it is written; empty if none begins here. */
    String word() {
        int start = position;
        if (start < text.length() && !startsWord(text.codePointAt(start))) {
            return "";
        }
        position = end(start, Scanner::isOfWord);
        return text.substring(start, position);
    }

    /** Reads the digits that stand here. */
    String digits() {
        int start = position;
        position = end(start, c -> c >= '0' && c <= '9');
        return text.substring(start, position);
    }

    /** Reads an unsigned number that begins here: digits, a fraction, an exponent. Empty, and nothing read, if none does. */
    String number() {
        int start = position;
        boolean hasDigits = !digits().isEmpty();
        if (isNext('.')) {
            position++;
            hasDigits |= !digits().isEmpty();
        }
        if (!hasDigits) {
            position = start;
            return "";
        }
        int exponent = position;
        if (acceptHere('e') || acceptHere('E')) {
            if (!acceptHere('-')) {
                acceptHere('+');
            }
            if (digits().isEmpty()) {
                position = exponent;
            }
        }
        if (end(position, Scanner::isOfWord) > position) {
            position = start;
            return "";
        }
        return text.substring(start, position);
    }

    /** Whether one of the quotes is next. */
    boolean isQuote(String quotes) {
        int start = position();
        return start < text.length() && quotes.indexOf(text.charAt(start)) >= 0;
    }

    /** Reads what stands between the quote that is next and its partner; the quote twice stands for itself. */
    String quoted() {
        int start = position();
        char quote = text.charAt(start);
        StringBuilder content = new StringBuilder();
        for (int i = start + 1; i < text.length(); i++) {
            if (text.charAt(i) != quote) {
                content.append(text.charAt(i));
            } else if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
                content.append(quote);
                i++;
            } else {
                position = i + 1;
                return content.toString();
            }
        }
        throw error(text.length(), "the quote that ends what began at position " + start);
    }

    private int end(int start, IntPredicate fits) {
        int i = start;
        while (i < text.length() && fits.test(text.codePointAt(i))) {
            i += Character.charCount(text.codePointAt(i));
        }
        return i;
    }

    private static boolean startsWord(int c) {
        return Character.isLetter(c) || c == '_';
    }

    private static boolean isOfWord(int c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '#';
    }

    /** Whether the name of a metric, param or tag is read as it is without quotes: words joined by points. */
    static boolean isBareKey(String name) {
        for (String word : name.split("\\.", -1)) {
            if (word.isEmpty()
                    || !startsWord(word.codePointAt(0))
                    || !word.codePoints().allMatch(Scanner::isOfWord)) {
                return false;
            }
        }
        return Check.isStorable(name);
    }
}
