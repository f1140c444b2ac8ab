package dev.evalstore.job;

/** The text that is stored of an exception that ended an attempt. */
final class ErrorText {
    private ErrorText() {}

    /**
     * The exception for people to read, without characters that cannot be stored. An exception is the host's code and may itself
     * fail when it is asked: then its class alone is named.
     */
    static String of(Throwable e) {
        try {
            String text = storable(e instanceof JobFailedException ? e.getMessage() : e.toString());
            return text.isBlank() ? e.getClass().getName() : text;
        } catch (Throwable unreadable) {
            return e.getClass().getName();
        }
    }

    private static String storable(String text) {
        StringBuilder storable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(storable::appendCodePoint);
        return storable.toString();
    }
}
