package dev.evalstore.job;

/** The text that is stored of an exception that ended an attempt. */
final class ErrorText {
    private ErrorText() {}

    /** The exception for people to read, without characters that cannot be stored. */
    static String of(Throwable e) {
        String text = e instanceof JobFailedException ? String.valueOf(e.getMessage()) : e.toString();
        StringBuilder storable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(storable::appendCodePoint);
        return storable.toString().isBlank() ? e.getClass().getName() : storable.toString();
    }
}
