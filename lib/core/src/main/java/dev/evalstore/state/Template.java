package dev.evalstore.state;

/**
 * A statement, or a piece of one. A word in braces stands for another piece: {@link #with} fills it in, or
 * {@link StateSql} does, which knows the words that all statements share.
 */
record Template(String text) {
    Template with(String word, String piece) {
        return new Template(text.replace("{" + word + "}", piece));
    }

    Template with(String word, Template piece) {
        return with(word, piece.text());
    }
}
