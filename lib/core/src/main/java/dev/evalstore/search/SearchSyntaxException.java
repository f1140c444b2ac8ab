package dev.evalstore.search;

/** A text of the search language that cannot be read. The message says where, and what was expected there. */
public class SearchSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int position;
    private final String expected;

    SearchSyntaxException(String field, int position, String expected) {
        super(field + ": at position " + position + ": expected " + expected);
        this.position = position;
        this.expected = expected;
    }

    /** The index of the first character that did not fit: from 0 to the text's length, which is its end. */
    public int position() {
        return position;
    }

    /** What would have fitted there. */
    public String expected() {
        return expected;
    }
}
